//! Reading a disassembly: what each instruction does to the flow of control and to the stack.

/// One line of a disassembly, as LLVM's or GNU's objdump writes it.
#[derive(Clone, Copy)]
pub(crate) struct Instruction<'a> {
    pub(crate) address: u64,
    mnemonic: &'a str,
    operands: &'a str,
}

/// Where control goes after an instruction, as far as the stack is concerned.
#[derive(Debug, PartialEq)]
pub(crate) enum Flow {
    On,
    /// To this address, and back.
    Call(u64),
    /// To this address, for good.
    Jump(u64),
    ByPointer,
    /// Not an instruction but a constant, which may be where a function begins: code for the smallest size
    /// calls one that it needs several times through a register.
    Constant(u64),
}

impl<'a> Instruction<'a> {
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let (address, rest) = line.trim_start().split_once(':')?;
        let address = u64::from_str_radix(address, 16).ok()?;
        let rest = rest.split([';', '@']).next()?.trim();
        // LLVM shows the bytes of constants in any case.
        let rest = rest.find(".word").and_then(|at| rest.get(at..)).unwrap_or(rest);
        let (mnemonic, operands) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        Some(Self { address, mnemonic, operands: operands.trim() })
    }

    pub(crate) fn flow(&self, previous: Option<Self>) -> Flow {
        let first = self.operands.split(',').next().unwrap_or_default().trim();
        if let Some(far) = previous.and_then(|previous| self.far_end(&previous)) {
            return if self.mnemonic == "jr" { Flow::Jump(far) } else { Flow::Call(far) };
        }
        if self.mnemonic == ".word" {
            let digits = first.strip_prefix("0x").unwrap_or(first);
            return u64::from_str_radix(digits, 16).map_or(Flow::On, Flow::Constant);
        }
        match (self.mnemonic, self.branch_target()) {
            ("bl" | "blx" | "jal" | "c.jal", Some(to)) => Flow::Call(to),
            ("blx" | "jalr" | "c.jalr", None) => Flow::ByPointer,
            ("bx", None) if first != "lr" => Flow::ByPointer,
            ("jr" | "c.jr", None) if first != "ra" => Flow::ByPointer,
            (name, Some(to)) if name.starts_with(['b', 'j', 'c']) => Flow::Jump(to),
            _ => Flow::On,
        }
    }

    /// Where RISC-V's pair `auipc ra, 6` and `jalr -668(ra)` goes, if `self` is the second half of
    /// it.
    fn far_end(&self, previous: &Self) -> Option<u64> {
        let (register, upper) = previous.operands.split_once(", ")?;
        let (lower, through) = self.operands.rsplit(' ').next()?.split_once('(')?;
        let is_pair = previous.mnemonic == "auipc"
            && matches!(self.mnemonic, "jalr" | "jr")
            && through.trim_end_matches(')') == register;
        let upper: u64 = upper.parse().ok().filter(|_| is_pair)?;
        let far = previous.address.wrapping_add(upper << 12);
        // Addresses have 32 bits there: what reaches back wraps round.
        Some(far.wrapping_add_signed(lower.parse().ok()?) & 0xffff_ffff)
    }

    /// The address in `... 0x8006 <name+0x4>` or `... 8006 <name+0x4>`.
    fn branch_target(&self) -> Option<u64> {
        let before = self.operands.split_once(" <")?.0;
        let word = before.rsplit([' ', '\t', ',']).next()?;
        u64::from_str_radix(word.strip_prefix("0x").unwrap_or(word), 16).ok()
    }

    /// What `push {...}` and `sub sp, #n` take, on ARM.
    pub(crate) fn pushed_bytes(&self) -> u64 {
        let sub = || self.operands.strip_prefix("sp, ")?.rsplit_once('#')?.1.parse().ok();
        match self.mnemonic.split('.').next() {
            Some("push") => 4 * registers(self.operands),
            Some("sub" | "subw") => sub().unwrap_or(0),
            _ => 0,
        }
    }
}

/// How many registers `{r4, r5-r7, lr}` names.
fn registers(list: &str) -> u64 {
    let number = |name: &str| name.trim_matches(['{', '}', ' ', 'r']).parse::<u64>().ok();
    let count = |part: &str| match part.split_once('-') {
        Some((from, to)) => number(to).zip(number(from)).map_or(1, |(to, from)| to - from + 1),
        None => 1,
    };
    list.split(',').map(count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_both_disassemblers() {
        let flow = |line| Instruction::parse(line).unwrap().flow(None);
        assert_eq!(flow("   2057e:      \tbl\t0x25aa2 <f> @ imm = #21792"), Flow::Call(0x25aa2));
        assert_eq!(flow("   2057e:\tbl\t25aa2 <f>"), Flow::Call(0x25aa2));
        assert_eq!(flow("   20572:\tbeq.w\t0x205a4 <f+0x74>"), Flow::Jump(0x205a4));
        assert_eq!(flow("   20572:\tblx\tr3"), Flow::ByPointer);
        assert_eq!(flow("   252ec: 61 5c 02 00  \t.word\t0x00025c61"), Flow::Constant(0x25c61));
        assert_eq!(flow("   252ec:\t.word\t0x00025c61"), Flow::Constant(0x25c61));
        assert_eq!(flow("   20572:\tbx\tlr"), Flow::On);
        assert_eq!(flow("   20572:\tjal\t0x11000 <f>"), Flow::Call(0x11000));
        assert_eq!(flow("   20572:\tbeqz\ta0, 0x11000 <f+0x2>"), Flow::Jump(0x11000));
        assert_eq!(flow("   20572:\tldr\tr0, [pc, #4]\t; (2058 <f+0x8>)"), Flow::On);
        assert!(Instruction::parse("00020530 <nodelock_check>:").is_none());
    }

    #[test]
    fn puts_the_halves_of_a_far_call_together() {
        let flow =
            |first, second| Instruction::parse(second).unwrap().flow(Instruction::parse(first));
        let upper = "   11576:      \tauipc\tra, 6";
        assert_eq!(flow(upper, "   1157a:      \tjalr\t-668(ra)"), Flow::Call(0x172da));
        assert_eq!(flow(upper, "   1157a:      \tjalr\t-668(a0)"), Flow::ByPointer);
        let back = "   11576:      \tauipc\tt1, 1048575";
        assert_eq!(flow(back, "   1157a:      \tjr\t10(t1)"), Flow::Jump(0x10580));
    }
}
