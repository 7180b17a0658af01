//! The worst stack of each exported function, computed from the linked image.
//!
//! The compiler notes the frame of each function (`.stack_sizes`), the disassembly tells who calls whom. Calls
//! through a pointer are the integrator's callbacks: their stack is theirs and is not in the figure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::elf::Image;
use crate::link_proof::readable;
use crate::{process, tools};

/// The worst stack of one exported function.
pub(crate) struct Worst {
    pub(crate) root: String,
    pub(crate) bytes: u64,
    /// The chain of calls that needs it.
    pub(crate) path: Vec<String>,
    /// A call through a pointer may come on top.
    pub(crate) calls_back: bool,
}

/// The worst stack of each of `roots`, greatest first.
pub(crate) fn worst(elf: &Path, image: &Image, roots: &BTreeSet<String>) -> Result<Vec<Worst>> {
    let objdump =
        tools::require(&["llvm-objdump", "arm-none-eabi-objdump"], "apt-get install llvm")?;
    let listing = process::run(Command::new(objdump).args(["-d", "--no-show-raw-insn"]).arg(elf))?;
    let graph = Graph::read(image, &listing);
    let mut all = Vec::new();
    for (&address, function) in
        image.functions.iter().filter(|(_, function)| roots.contains(&function.name))
    {
        let chain = graph.deepest(address, &mut Vec::new(), &mut BTreeMap::new())?;
        let name = |at: &u64| readable(&image.functions[at].name);
        all.push(Worst {
            root: function.name.clone(),
            bytes: chain.bytes,
            path: chain.path.iter().map(name).collect(),
            calls_back: chain.calls_back,
        });
    }
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.root.cmp(&b.root)));
    Ok(all)
}

/// Who calls whom, and what each one puts on the stack.
#[derive(Default)]
struct Graph {
    nodes: BTreeMap<u64, Node>,
}

#[derive(Default)]
struct Node {
    name: String,
    frame: u64,
    /// Functions that it calls: their stack comes on top of its own frame.
    calls: BTreeSet<u64>,
    /// Functions that it ends in: its own frame is gone by then.
    tail_calls: BTreeSet<u64>,
    calls_back: bool,
}

/// The deepest chain of calls from some function.
#[derive(Clone, Default)]
struct Chain {
    bytes: u64,
    path: Vec<u64>,
    calls_back: bool,
}

impl Node {
    fn goes_to(&mut self, image: &Image, start: u64, to: u64, is_call: bool) {
        match image.function_at(to) {
            // Armv6-M has no long branch but `bl`: one that ends inside its own function is a jump.
            Some(callee) if callee == start && (to != start || !is_call) => {}
            Some(callee) if is_call => {
                self.calls.insert(callee);
            }
            // A branch into another function leaves this one for good.
            Some(callee) => {
                self.tail_calls.insert(callee);
            }
            None => {}
        }
    }
}

impl Graph {
    fn read(image: &Image, listing: &str) -> Self {
        let mut graph = Self::default();
        let mut pushed: BTreeMap<u64, u64> = BTreeMap::new();
        let mut previous = None;
        for instruction in listing.lines().filter_map(Instruction::parse) {
            let flow = instruction.flow(previous.replace(instruction));
            let Some(start) = image.function_at(instruction.address) else { continue };
            let node = graph.nodes.entry(start).or_default();
            *pushed.entry(start).or_default() += instruction.pushed_bytes();
            match flow {
                Flow::On => {}
                Flow::ByPointer => node.calls_back = true,
                Flow::Call(to) => node.goes_to(image, start, to, true),
                Flow::Jump(to) => node.goes_to(image, start, to, false),
            }
        }
        for (address, node) in &mut graph.nodes {
            let function = &image.functions[address];
            node.name = readable(&function.name);
            // Hand-written assembler has no note; there, what it pushes is counted.
            node.frame = function.frame.unwrap_or_else(|| pushed[address]);
        }
        graph
    }

    fn deepest(
        &self,
        at: u64,
        open: &mut Vec<u64>,
        known: &mut BTreeMap<u64, Chain>,
    ) -> Result<Chain> {
        if let Some(chain) = known.get(&at) {
            return Ok(chain.clone());
        }
        if open.contains(&at) {
            let names: Vec<&str> =
                open.iter().chain([&at]).map(|at| &*self.nodes[at].name).collect();
            bail!("no bound on the stack: recursion in {}", names.join(" > "));
        }
        let Some(node) = self.nodes.get(&at) else { return Ok(Chain::default()) };
        open.push(at);
        let mut below = Chain::default();
        let mut after = Chain::default();
        let mut calls_back = node.calls_back;
        for (callees, deepest) in [(&node.calls, &mut below), (&node.tail_calls, &mut after)] {
            for &callee in callees {
                let chain = self.deepest(callee, open, known)?;
                calls_back |= chain.calls_back;
                if chain.bytes > deepest.bytes {
                    *deepest = chain;
                }
            }
        }
        open.pop();
        below.bytes += node.frame;
        let mut chain = if after.bytes > below.bytes { after } else { below };
        chain.path.insert(0, at);
        chain.calls_back = calls_back;
        known.insert(at, chain.clone());
        Ok(chain)
    }
}

/// One line of a disassembly, as LLVM's or GNU's objdump writes it.
#[derive(Clone, Copy)]
struct Instruction<'a> {
    address: u64,
    mnemonic: &'a str,
    operands: &'a str,
}

/// Where control goes after an instruction, as far as the stack is concerned.
#[derive(Debug, PartialEq)]
enum Flow {
    On,
    /// To this address, and back.
    Call(u64),
    /// To this address, for good.
    Jump(u64),
    ByPointer,
}

impl<'a> Instruction<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (address, rest) = line.trim_start().split_once(':')?;
        let address = u64::from_str_radix(address, 16).ok()?;
        let rest = rest.split([';', '@']).next()?.trim();
        let (mnemonic, operands) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        Some(Self { address, mnemonic, operands: operands.trim() })
    }

    fn flow(&self, previous: Option<Self>) -> Flow {
        let first = self.operands.split(',').next().unwrap_or_default().trim();
        if let Some(far) = previous.and_then(|previous| self.far_end(&previous)) {
            return if self.mnemonic == "jr" { Flow::Jump(far) } else { Flow::Call(far) };
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

    /// Where RISC-V's pair `auipc ra, 6` and `jalr -668(ra)` goes, if `self` is the second half of it.
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
    fn pushed_bytes(&self) -> u64 {
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
    use crate::elf::Function;

    #[test]
    fn understands_both_disassemblers() {
        let flow = |line| Instruction::parse(line).unwrap().flow(None);
        assert_eq!(flow("   2057e:      \tbl\t0x25aa2 <f> @ imm = #21792"), Flow::Call(0x25aa2));
        assert_eq!(flow("   2057e:\tbl\t25aa2 <f>"), Flow::Call(0x25aa2));
        assert_eq!(flow("   20572:\tbeq.w\t0x205a4 <f+0x74>"), Flow::Jump(0x205a4));
        assert_eq!(flow("   20572:\tblx\tr3"), Flow::ByPointer);
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

    #[test]
    fn adds_frames_along_calls_and_drops_them_at_tail_calls() {
        let named = |name: &str, frame| Function { name: name.into(), frame };
        let functions = [
            (0x10, named("root", Some(16))),
            (0x20, named("deep", None)),
            (0x30, named("tail", Some(40))),
        ];
        let image = Image { flash: 0, ram: 0, functions: functions.into() };
        let listing = "10:\tbl\t0x20 <deep>\n12:\tb.w\t0x30 <tail>\n14:\tblx\tr0\n\
                       20:\tpush\t{r4-r6, lr}\n22:\tsub\tsp, #16\n30:\tbx\tlr\n";
        let graph = Graph::read(&image, listing);
        let chain = graph.deepest(0x10, &mut Vec::new(), &mut BTreeMap::new()).unwrap();
        assert_eq!((chain.bytes, chain.path, chain.calls_back), (48, vec![0x10, 0x20], true));

        let far_jump = Graph::read(&image, "10:\tpush\t{lr}\n12:\tbl\t0x14 <root+0x4>\n");
        assert!(far_jump.nodes[&0x10].calls.is_empty());

        let looping = Graph::read(&image, "10:\tbl\t0x20 <deep>\n20:\tbl\t0x10 <root>\n");
        let refusal = looping.deepest(0x10, &mut Vec::new(), &mut BTreeMap::new()).err().unwrap();
        assert!(refusal.to_string().contains("recursion in root > deep > root"));
    }
}
