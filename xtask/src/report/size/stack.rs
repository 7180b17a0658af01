//! The worst stack of each exported function, computed from the linked image.
//!
//! The compiler notes the frame of each function (`.stack_sizes`), the disassembly tells who calls
//! whom. Calls through a pointer are the integrator's callbacks: their stack is theirs and is not
//! in the figure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::report::size::disassembly::{Flow, Instruction};
use crate::tools::bare::RISCV32;
use crate::tools::elf::{Image, readable};
use crate::tools::{process, programs};

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
pub(crate) fn worst(
    target: &str,
    elf: &Path,
    image: &Image,
    roots: &BTreeSet<String>,
) -> Result<Vec<Worst>> {
    let objdump = objdump(target)?;
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
    let unseen = graph.not_called_from(all.iter().map(|worst| &*worst.root));
    if !unseen.is_empty() {
        bail!("called through pointers alone, so in no figure: {}", unseen.join(", "));
    }
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.root.cmp(&b.root)));
    Ok(all)
}

fn objdump(target: &str) -> Result<PathBuf> {
    // GNU's tools for ARM know ARM alone.
    let names: &[&str] = if target == RISCV32 {
        &["llvm-objdump"]
    } else {
        &["llvm-objdump", "arm-none-eabi-objdump"]
    };
    programs::require(names, "apt-get install llvm")
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
                // The lowest bit says that it is Thumb code.
                Flow::Constant(value) if image.functions.contains_key(&(value & !1)) => {
                    node.calls.insert(value & !1);
                }
                Flow::Constant(_) => {}
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

    /// The functions that no chain of direct calls from `roots` reaches.
    fn not_called_from<'a>(&self, roots: impl Iterator<Item = &'a str>) -> Vec<&str> {
        let roots: BTreeSet<&str> = roots.collect();
        let is_root = |node: &Node| roots.contains(&*node.name);
        let mut waiting: Vec<u64> =
            self.nodes.iter().filter(|(_, node)| is_root(node)).map(|(&at, _)| at).collect();
        let mut seen = BTreeSet::new();
        while let Some(at) = waiting.pop() {
            if seen.insert(at)
                && let Some(node) = self.nodes.get(&at)
            {
                waiting.extend(node.calls.iter().chain(&node.tail_calls));
            }
        }
        let unseen = self.nodes.iter().filter(|(at, _)| !seen.contains(at));
        unseen.map(|(_, node)| &*node.name).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::elf::Function;

    #[test]
    fn adds_frames_along_calls_and_drops_them_at_tail_calls() {
        let named = |name: &str, frame| Function { name: name.into(), frame, size: 6 };
        let functions = [
            (0x10, named("root", Some(16))),
            (0x20, named("deep", None)),
            (0x30, named("tail", Some(40))),
        ];
        let image = Image { flash: 0, ram: 0, functions: functions.into() };
        let listing = "10:\tbl\t0x20 <deep>\n12:\tb.w\t0x30 <tail>\n14:\tblx\tr0\n\
                       20:\tpush\t{r4-r6, lr}\n22:\tsub\tsp, #16\n24:\t.word\t0x12345678\n30:\tbx\tlr\n\
                       36:\tbmi.n\t10 <root>\n";
        let graph = Graph::read(&image, listing);
        let chain = graph.deepest(0x10, &mut Vec::new(), &mut BTreeMap::new()).unwrap();
        assert_eq!((chain.bytes, chain.path, chain.calls_back), (48, vec![0x10, 0x20], true));

        assert_eq!(graph.not_called_from(["root"].into_iter()), [""; 0]);
        assert_eq!(graph.not_called_from(["deep"].into_iter()), ["root", "tail"]);

        let far_jump = Graph::read(&image, "10:\tpush\t{lr}\n12:\tbl\t0x14 <root+0x4>\n");
        assert!(far_jump.nodes[&0x10].calls.is_empty());

        let named =
            Graph::read(&image, "10:\tldr\tr4, [pc, #4]\n12:\tblx\tr4\n14:\t.word\t0x00000021\n");
        assert!(named.nodes[&0x10].calls.contains(&0x20));

        let looping = Graph::read(&image, "10:\tbl\t0x20 <deep>\n20:\tbl\t0x10 <root>\n");
        let refusal = looping.deepest(0x10, &mut Vec::new(), &mut BTreeMap::new()).err().unwrap();
        assert!(refusal.to_string().contains("recursion in root > deep > root"));
    }
}
