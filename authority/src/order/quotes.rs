//! Quotation marks of a table. The reader of the crate `csv` takes any text for a table: what is closed
//! too early, or never, would be signed as something else.

/// Whether every quotation mark opens a cell, closes it, or stands twice in one (RFC 4180, section 2).
/// Gives the line, from 1, the column, from 0, and what is wrong there.
pub(super) fn check(text: &str, separator: u8) -> Result<(), (usize, usize, &'static str)> {
    let (mut line, mut column) = (1, 0);
    let mut cell = Cell::Begins;
    // Where the cell began that is open now.
    let mut opened = (line, column);
    for byte in text.bytes() {
        let blank = matches!(byte, b' ' | b'\t');
        cell = match (cell, byte) {
            (Cell::Quoted, b'"') => Cell::Closed,
            (Cell::Quoted, _) => Cell::Quoted,
            // Twice is one of the cell's own.
            (Cell::Closed, b'"') => Cell::Quoted,
            (_, byte) if byte == separator || matches!(byte, b'\n' | b'\r') => Cell::Begins,
            (Cell::Closed | Cell::Behind, _) if blank => Cell::Behind,
            (Cell::Closed | Cell::Behind, _) => {
                let what = "text stands behind the closing quotation mark of the cell";
                return Err((opened.0, opened.1, what));
            }
            (Cell::Begins, b'"') => {
                opened = (line, column);
                Cell::Quoted
            }
            (Cell::Begins | Cell::Blank, _) if blank => Cell::Blank,
            (Cell::Blank, b'"') => {
                return Err((line, column, "a blank stands before the quotation mark of the cell"));
            }
            (_, b'"') => {
                let what = "a quotation mark stands in a cell that does not begin with one; in a \
                            quoted cell, it stands twice";
                return Err((line, column, what));
            }
            _ => Cell::Plain,
        };
        if byte == b'\n' {
            line += 1;
        }
        match cell {
            Cell::Begins if byte == separator => column += 1,
            Cell::Begins => column = 0,
            _ => {}
        }
    }
    match cell {
        Cell::Quoted => Err((opened.0, opened.1, "the quotation mark of the cell is not closed")),
        _ => Ok(()),
    }
}

#[derive(Clone, Copy)]
enum Cell {
    Begins,
    /// Nothing but blanks so far.
    Blank,
    Plain,
    Quoted,
    /// Behind a quotation mark that may have closed it.
    Closed,
    /// Behind that, and blanks.
    Behind,
}
