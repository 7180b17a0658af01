//! [`Undone`]: the ways in which texts are changed on their way, as far as they can be undone.

use std::fmt;

/// What was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Undone {
    /// The text was in UTF-16.
    Utf16,
    /// `=3D` in place of `=`, and `=` at the ends of lines.
    QuotedPrintable,
    /// `%20` in place of blanks, as in addresses of pages.
    Url,
    /// `\u003d` in place of `=`, as in JSON.
    Json,
    /// Codes with which terminals change colours.
    Colours,
    /// Tags and entities of a page or mail in HTML.
    Html,
    /// The whole text, not only binary records, was in base64.
    Base64,
    /// `>` before the lines of an answer.
    Quoting,
    /// Blanks that do not break, and characters without width.
    Blanks,
    /// Line breaks inside words.
    Wrapping,
    /// No line break between two records.
    Glued,
    /// Brackets, quotation marks, bullets, or a full stop at a record.
    Punctuation,
    /// Backslashes and the like at the ends of lines, or capitals in `sig=`.
    Marks,
    /// Typographic dashes in place of hyphens.
    Dashes,
    /// Greetings, headers and other text around the records.
    OtherText,
}

impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "UTF-16",
            Self::QuotedPrintable => "quoted-printable",
            Self::Url => "URL-encoding",
            Self::Json => "escapes of JSON",
            Self::Colours => "colours of a terminal",
            Self::Html => "HTML",
            Self::Base64 => "base64",
            Self::Quoting => "> before the lines",
            Self::Blanks => "special blanks",
            Self::Wrapping => "line breaks inside words",
            Self::Glued => "records without a line break between them",
            Self::Punctuation => "punctuation around a record",
            Self::Marks => "marks at line breaks",
            Self::Dashes => "dashes for hyphens",
            Self::OtherText => "other text around the records",
        })
    }
}
