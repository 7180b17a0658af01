//! What object files and linked images say: symbols, sizes, stack frames.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use object::read::archive::ArchiveFile;
use object::{
    Architecture, Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind, SymbolKind, elf,
};

/// The names that the members of a static library define for others and that begin with `prefix`.
pub(crate) fn exports(archive: &Path, prefix: &str) -> Result<BTreeSet<String>> {
    let data = read(archive)?;
    let mut names = BTreeSet::new();
    for member in ArchiveFile::parse(&*data)?.members() {
        let Ok(file) = object::File::parse(member?.data(&*data)?) else { continue };
        let symbols = file.symbols().filter(|symbol| symbol.is_global() && symbol.is_definition());
        names.extend(symbols.filter_map(|symbol| Some(symbol.name().ok()?.to_owned())));
    }
    names.retain(|name| name.starts_with(prefix));
    Ok(names)
}

/// A linked image, read once.
pub(crate) struct Image {
    /// Bytes that lie in flash: code, constants, and the first values of variables.
    pub(crate) flash: u64,
    /// Bytes of RAM that are taken before anything runs: variables, zeroed or not.
    pub(crate) ram: u64,
    /// The functions by address, with the stack frame where the compiler noted one.
    pub(crate) functions: BTreeMap<u64, Function>,
}

/// A function of a linked image.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) frame: Option<u64>,
    /// Bytes of code; 0 where hand-written assembler does not say.
    pub(crate) size: u64,
}

impl Image {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let data = read(path)?;
        let file = object::File::parse(&*data).with_context(|| path.display().to_string())?;
        let mut image = Self { flash: 0, ram: 0, functions: functions(&file) };
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
            if !sh_flags.contains(elf::SHF_ALLOC) {
                continue;
            }
            let zeroed = section.kind() == SectionKind::UninitializedData;
            let writable = sh_flags.contains(elf::SHF_WRITE);
            image.flash += if zeroed { 0 } else { section.size() };
            image.ram += if writable { section.size() } else { 0 };
        }
        Ok(image)
    }

    /// The function that holds this address.
    pub(crate) fn function_at(&self, address: u64) -> Option<u64> {
        let (&start, function) = self.functions.range(..=address).next_back()?;
        // What linkers fill gaps with looks like instructions and belongs to nobody.
        let inside = function.size == 0 || address < start.saturating_add(function.size);
        inside.then_some(start)
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

fn functions(file: &object::File<'_>) -> BTreeMap<u64, Function> {
    // On ARM the lowest bit of a function's address says "Thumb", not where it lies.
    let mask = if file.architecture() == Architecture::Arm { !1 } else { !0 };
    let frames = stack_frames(file, mask);
    let mut functions = BTreeMap::new();
    for symbol in
        file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition())
    {
        let (address, Ok(name)) = (symbol.address() & mask, symbol.name()) else { continue };
        let frame = frames.get(&address).copied();
        let function = Function { name: name.to_owned(), frame, size: symbol.size() };
        // Where two names share one address, the exported one says more.
        if symbol.is_global() || !functions.contains_key(&address) {
            functions.insert(address, function);
        }
    }
    functions
}

/// The section `.stack_sizes`: pairs of an address and a LEB128 number of bytes.
fn stack_frames(file: &object::File<'_>, mask: u64) -> BTreeMap<u64, u64> {
    let mut frames = BTreeMap::new();
    let Some(section) = file.section_by_name(".stack_sizes") else { return frames };
    let Ok(mut data) = section.data() else { return frames };
    let width = if file.is_64() { 8 } else { 4 };
    while let Some((address, rest)) = data.split_at_checked(width) {
        let address = address.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        let (size, rest) = leb128(rest);
        frames.insert(address & mask, size);
        data = rest;
    }
    frames
}

fn leb128(data: &[u8]) -> (u64, &[u8]) {
    let mut value = 0;
    for (index, &byte) in data.iter().enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return (value, &data[index + 1..]);
        }
    }
    (value, &[])
}

/// The name as Rust writes it, without the hash.
pub(crate) fn readable(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_leb128() {
        assert_eq!(leb128(&[0x08, 0xff]), (8, &[0xff][..]));
        assert_eq!(leb128(&[0xbc, 0x24]), (4668, &[][..]));
    }
}
