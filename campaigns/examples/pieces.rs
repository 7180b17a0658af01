//! What the core finds in license files, for comparison with another reader (`campaigns/reader`): from standard
//! input, each file behind its length (4 bytes, little-endian); to standard output a line for each piece of it, behind
//! an accepted one its binary twin and the SHA-256 of its signed bytes in hexadecimal, and a line with a dot behind
//! the last one.

use std::io::{BufRead, BufReader, BufWriter, Read, Result, Write};

use nodelock::crypto::sha256;
use nodelock::limits::MAX_RECORD_LEN;
use nodelock::record::Records;

fn main() -> Result<()> {
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut file = Vec::new();
    while !input.fill_buf()?.is_empty() {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        file.clear();
        file.resize(u32::from_le_bytes(length) as usize, 0);
        input.read_exact(&mut file)?;
        for found in Records::new(&file) {
            write!(output, "{} {} ", found.start, found.end)?;
            match found.record {
                Err(error) => writeln!(output, "{} {}", error.reason.name(), error.offset)?,
                Ok(record) => {
                    let mut buffer = [0; MAX_RECORD_LEN];
                    output.write_all(b"accepted ")?;
                    match record.write_text(&mut buffer) {
                        Ok(text) => output.write_all(text)?,
                        Err(_) => output.write_all(b"without a text")?,
                    }
                    output.write_all(b"\ntwin ")?;
                    hexadecimal(record.write_binary(&mut buffer).unwrap_or_default(), &mut output)?;
                    output.write_all(b"signed ")?;
                    hexadecimal(&sha256(&record.message()), &mut output)?;
                }
            }
        }
        output.write_all(b".\n")?;
    }
    output.flush()
}

fn hexadecimal(bytes: &[u8], output: &mut impl Write) -> Result<()> {
    for byte in bytes {
        write!(output, "{byte:02x}")?;
    }
    output.write_all(b"\n")
}
