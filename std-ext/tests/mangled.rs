//! What becomes of a license on its way: every mail is read, with what was signed as it was, or refused with a
//! word that names the damage. The functions are named after what was done to the record.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use nodelock::bytes::Sink;
use nodelock::record::Records;
use nodelock_std::{Device, Form, Reading, Role, Undone, to_base64};

fn vector(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(name)).expect("a vector")
}

/// The true record: the longest one, with a field of every kind.
fn record() -> String {
    String::from_utf8(vector("valid/all-fields.lic")).unwrap().trim_end().to_owned()
}

/// A second one, with its delegated key.
fn delegated() -> String {
    String::from_utf8(vector("valid/delegated-limited.lic")).unwrap()
}

fn binary() -> Vec<u8> {
    vector("valid/all-fields.bin")
}

/// What is signed, and the signatures, of every record.
fn signed(file: &[u8]) -> Vec<(Vec<u8>, String)> {
    struct Bytes(Vec<u8>);
    impl Sink for Bytes {
        fn put(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }
    let signed = |found: nodelock::record::Found<'_>| {
        let record = found.record.ok()?;
        let mut bytes = Bytes(Vec::new());
        record.message().write(&mut bytes);
        Some((bytes.0, format!("{} {}", record.signer(), record.signature())))
    };
    Records::new(file).filter_map(signed).collect()
}

fn refused(reading: &Reading<'_>) -> usize {
    Records::new(reading.bytes()).filter(|found| found.record.is_err()).count()
}

/// In lines of so many characters, as `fold -w` makes them.
fn folded(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        for part in line.as_bytes().chunks(width) {
            out += std::str::from_utf8(part).unwrap();
            out.push('\n');
        }
    }
    out
}

/// In lines at blanks and hyphens, as mail programs do it.
fn at_hyphens(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut len = 0;
    for piece in text.split_inclusive([' ', '-']) {
        if len + piece.len() > width {
            out.push('\n');
            len = 0;
        }
        out.push_str(piece);
        len += piece.len();
    }
    out + "\n"
}

fn quoted_printable(text: &str) -> String {
    let escaped = text.replace('=', "=3D");
    let mut out = String::new();
    let mut len = 0;
    let mut rest = escaped.as_str();
    while !rest.is_empty() {
        let unit = if rest.starts_with('=') { 3 } else { 1 };
        if len + unit > 75 {
            out.push_str("=\r\n");
            len = 0;
        }
        out.push_str(&rest[..unit]);
        len = if rest.starts_with('\n') { 0 } else { len + unit };
        rest = &rest[unit..];
    }
    out + "\r\n"
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    let units = mark.encode_utf16().chain(text.encode_utf16()).collect::<Vec<_>>();
    units.iter().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
}

fn prefixed(prefix: &str, text: &str) -> String {
    text.lines().fold(String::new(), |out, line| out + prefix + line + "\n")
}

fn mail(inner: &str) -> String {
    format!(
        "Dear customer,\n\nhere is your license for order 4711, please install it:\n\n{inner}\n\n\
         Best regards,\nThe Sales Team\n-- \nExample Inc. | +1 555 0100 | www.example.com\n"
    )
}

macro_rules! mails {
    ($($name:ident: $make:expr;)+) => {
        /// What was done, and what came of it.
        fn mails() -> Vec<(&'static str, Vec<u8>)> {
            vec![$((stringify!($name), Vec::<u8>::from($make)),)+]
        }
    };
}

mails! {
    as_it_was_sent: record();
    behind_a_keyword_in_a_subject: format!("R1 LICENSE\n\n{}\n", record());
    behind_a_keyword_in_a_sentence: format!("your LICENSE is below:\n{}\n", record());
    behind_a_job_title: format!("KEY account manager\n{}\nLICENSE 1 of 2\n", record());
    behind_the_head_of_a_table: format!("UDI | LICENSE\nR1:SN1 | {}\n", record());
    behind_three_keywords: format!("LICENSE KEY\nREPAIR\n{}\n", record());
    in_csv: format!("udi,license\nR1:SN1,\"{}\"\n", record());
    in_a_variable: format!("LIC='{}'\n", record());
    found_by_grep: format!("device.lic:3:{}\n", record());
    in_xml: format!("<license value=\"{}\"/>\n", record());
    quoted_printable_twice: quoted_printable(&quoted_printable(&record()));
    in_a_url: format!("mailto:?body={}\n", record().replace(' ', "%20").replace('=', "%3D").replace(':', "%3A").replace('/', "%2F"));
    in_a_form: record().replace('=', "%3D").replace(':', "%3A").replace(' ', "+");
    in_json: format!("{{\"license\":\"{}\"}}\n", record().replace('=', "\\u003d").replace('/', "\\/"));
    entities_without_tags: record().replace('=', "&#x3D;");
    coloured: format!("\u{1b}[1;32m{}\u{1b}[0m\n", record().replace("LICENSE", "LICENSE\u{1b}[0m"));
    with_backslashes: record().replace(" sig=", " \\\n    sig=");
    with_backquotes: record().replace(" start=", "`\n    start=");
    with_a_plus_before_the_lines: record().replace(" id=", "\n+ id=").replace(" start=", "\n+start=");
    capitals_in_sig: record().replace(" sig=", "\nSIG=");
    byte_order_mark: format!("\u{feff}{}\n", record());
    two_byte_order_marks: format!("\u{feff}\u{feff}{}\n", record());
    carriage_returns_and_line_feeds: record().replace(' ', "\r\n");
    carriage_returns: record().replace(' ', "\r");
    utf16_little_endian: utf16(&(record() + "\r\n"), true, true);
    utf16_big_endian: utf16(&(record() + "\r\n"), false, true);
    utf16_without_a_mark: utf16(&record(), true, false);
    utf16_big_endian_without_a_mark: utf16(&record(), false, false);
    utf16_of_a_mail: utf16(&mail(&folded(&record(), 72)), true, true);
    blanks_that_do_not_break: record().replace(' ', "\u{a0}");
    blanks_of_latin_1: record().bytes().map(|b| if b == b' ' { 0xA0 } else { b }).collect::<Vec<_>>();
    wide_blanks: record().replace(' ', "\u{3000}");
    zero_width_spaces: record().replace(' ', " \u{200b}").replace('=', "=\u{200b}");
    soft_hyphens: record().replace("cloud", "clo\u{ad}ud");
    marks_of_direction: format!("\u{202a}{}\u{202c}", record());
    end_of_a_dos_file: format!("{}\r\n\u{1a}", record());
    quoted: prefixed("> ", &at_hyphens(&record(), 72));
    quoted_without_blanks: prefixed(">", &record().replace(' ', "\n"));
    quoted_three_times: prefixed("> >>  ", &folded(&record(), 60));
    quoted_with_bars: prefixed("| ", &folded(&record(), 60));
    quoted_comments: prefixed("> ", &format!("# for the lab\n{}", record()));
    greeting: format!("Hello,\n{}", record());
    greeting_and_signature: mail(&record());
    greeting_and_folded: mail(&folded(&record(), 72));
    greeting_quoted_and_folded: prefixed("> ", &mail(&folded(&record(), 72)));
    comments_between_tokens: record().replace(" id=", " # the id\nid=").replace(" sig=", "\n# the end\nsig=");
    folded_at_72: folded(&record(), 72);
    folded_at_76: folded(&record(), 76);
    folded_at_80: folded(&record(), 80);
    folded_at_40: folded(&record(), 40);
    folded_in_the_middle_of_words: folded(&record(), 33);
    folded_with_indents: folded(&record(), 72).replace('\n', "\n    ");
    wrapped_at_hyphens: at_hyphens(&record(), 60);
    wrapped_with_empty_lines: folded(&record(), 72).replace('\n', "\r\r\n");
    flowed: at_hyphens(&record(), 66).replace('\n', " \r\n");
    one_token_on_each_line: record().replace(' ', "\n");
    signature_on_lines_of_its_own: record().replace(":", ":\n");
    quoted_printable_of_the_line: quoted_printable(&record());
    quoted_printable_of_a_mail: quoted_printable(&mail(&record()));
    quoted_printable_in_an_answer: prefixed("> ", &quoted_printable(&record()).replace('\r', ""));
    headers_of_a_mail: format!("From: a@example.com\nSubject: =?utf-8?q?license?=\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n{}", record());
    html_line_break: format!("<html><body>Hello,<br>{}<br></body></html>", record());
    html_paragraphs: format!("<p class=\"x\">Hello</p><p>{}</p>", record().replace(' ', "&nbsp;"));
    html_entities: format!("<div>{}</div>", record().replace('=', "&#61;").replace(':', "&#x3a;"));
    html_word_breaks: format!("<pre>{}</pre>", record().replace("x-region", "x-<wbr>region"));
    full_stop: format!("{}.", record());
    comma: format!("{},\n", record());
    angle_brackets: format!("<{}>", record());
    quotation_marks: format!("\"{}\"", record());
    typographic_quotation_marks: format!("\u{201c}{}\u{201d}", record());
    parentheses: format!("Your license ({}).", record());
    bullet: format!("\u{2022} {}\n", record());
    dash_before_it: format!("- {}\n", record());
    number_before_it: format!("1. {}\n", record());
    code_of_a_chat: format!("```\n{}\n```\n", record());
    emphasis: format!("**{}**", record());
    line_ends_spelled_out: format!("{{\"license\": \"{}\\n\"}}", record());
    dashes_in_dates: record().replace("2026-11-22", "2026\u{2013}11\u{2013}22");
    hyphens_that_do_not_break: record().replace("2026-11-22", "2026\u{2011}11\u{2011}22");
    base64_of_binary: to_base64(&binary());
    base64_of_binary_wrapped: folded(&to_base64(&binary()), 76);
    base64_of_binary_for_urls: to_base64(&binary()).replace('+', "-").replace('/', "_").replace('=', "");
    base64_with_a_mark: format!("\u{feff}{}", to_base64(&binary()));
    base64_quoted: prefixed("> ", &folded(&to_base64(&binary()), 64));
    base64_in_a_mail: mail(&folded(&to_base64(&binary()), 76));
    base64_behind_a_word: format!("Hello\n{}Regards\n", folded(&to_base64(&binary()), 76));
    base64_in_armour: format!("-----BEGIN LICENSE-----\n{}-----END LICENSE-----\n", folded(&to_base64(&binary()), 64));
    base64_in_quoted_printable: to_base64(&binary()).replace('=', "=3D");
    base64_in_utf16: utf16(&to_base64(&binary()), true, true);
    base64_in_quotation_marks: format!("\"{}\".", to_base64(&binary()));
    base64_of_text: to_base64(record().as_bytes());
    base64_of_a_mail: folded(&to_base64(mail(&folded(&record(), 72)).as_bytes()), 76);
    base64_of_utf16: to_base64(&utf16(&record(), true, true));
    part_of_a_mail_in_base64: format!("Content-Transfer-Encoding: base64\n\n{}\n--=_next--\n", folded(&to_base64(record().as_bytes()), 76));
    binary_as_it_was_sent: binary();
}

/// With what each record is for, too.
#[test]
fn what_was_done_on_the_way_is_undone_and_what_was_signed_is_as_it_was() {
    let mut problems = String::new();
    let wanted = signed(record().as_bytes());
    let mails = mails();
    assert!(mails.len() >= 40);
    for (name, mail) in &mails {
        let reading = Reading::of_bytes(mail.as_slice());
        if signed(reading.bytes()) != wanted || refused(&reading) > 0 {
            let text = String::from_utf8_lossy(reading.bytes()).into_owned();
            let _ = writeln!(problems, "{name}: {:?}: {text}", reading.undone());
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

/// Mail has CR LF at the end of every line, whatever else was done.
#[test]
fn the_same_is_read_with_the_line_ends_of_mail() {
    let wanted = signed(record().as_bytes());
    let mut problems = String::new();
    for (name, mail) in mails() {
        let Some(text) =
            std::str::from_utf8(&mail).ok().filter(|text| !text.contains(['\r', '\0']))
        else {
            continue;
        };
        let reading = Reading::of_bytes(text.replace('\n', "\r\n").into_bytes());
        if signed(reading.bytes()) != wanted || refused(&reading) > 0 {
            let text = String::from_utf8_lossy(reading.bytes()).into_owned();
            let _ = writeln!(problems, "{name}: {:?}: {text}", reading.undone());
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn what_was_mended_is_installed_like_what_was_not() {
    let key = String::from_utf8(vector("keys/root.pub.pem")).unwrap();
    let line = String::from_utf8(vector("valid/typical.lic")).unwrap();
    for mail in [mail(&folded(&line, 50)), quoted_printable(&line), to_base64(line.as_bytes())] {
        let builder = Device::builder().trust_pem(&key, Role::Production);
        let mut device = builder.udi("ISR4331/K9:FDO1234ABCD").build().unwrap();
        let report = device.install_bytes(mail.as_bytes()).unwrap();
        assert_eq!((report.tally.installed, report.tally.refused), (1, 0), "{report}");
    }
}

#[test]
fn a_file_that_is_as_it_was_sent_is_left_alone() {
    for file in
        [record().into_bytes(), binary(), delegated().into_bytes(), b"# only words\n".to_vec()]
    {
        let reading = Reading::of_bytes(file.as_slice());
        assert_eq!((reading.bytes(), reading.undone()), (file.as_slice(), [].as_slice()));
    }
    let qr = Reading::of_bytes(to_base64(&binary()).into_bytes());
    assert_eq!((qr.form(), qr.bytes()), (Form::Base64, binary().as_slice()));
    assert_eq!(qr.undone_text(), None);
    assert!(Reading::of_bytes(b" \r\n".as_slice()).is_empty());
}

#[test]
fn records_that_were_glued_together_are_taken_apart() {
    let glued = delegated().trim_end().replace('\n', "");
    let reading = Reading::of_bytes(glued.as_bytes());
    assert_eq!(signed(reading.bytes()), signed(delegated().as_bytes()));
    assert_eq!((refused(&reading), reading.undone()), (0, [Undone::Glued].as_slice()));
    let spelled = Reading::of_bytes(delegated().trim_end().replace('\n', "\\n").into_bytes());
    assert_eq!(signed(spelled.bytes()), signed(delegated().as_bytes()));
    let folded = Reading::of_bytes(mail(&folded(&delegated(), 70)).into_bytes());
    assert_eq!(signed(folded.bytes()), signed(delegated().as_bytes()));
    // Both forms in one mail: all of it as text.
    let both = format!("{}\nand\n\n{}\n", delegated(), to_base64(&binary()));
    let both = Reading::of_bytes(both.into_bytes());
    assert_eq!((signed(both.bytes()).len(), refused(&both)), (3, 0));
}

/// What was done, and the word that names it.
fn damaged() -> Vec<(&'static str, String, &'static str)> {
    let sig = record().rfind(':').unwrap() + 1;
    let (before, signature) = (record()[..sig].to_owned(), record()[sig..].to_owned());
    vec![
        (
            "last_character_cut_off",
            record()[..record().len() - 1].to_owned(),
            "98 characters from sig= on, 99 were expected: the last one was probably cut off",
        ),
        (
            "end_cut_off",
            record()[..record().len() - 40].to_owned(),
            "59 characters from sig= on, 99 were expected: its end was probably cut off",
        ),
        (
            "cut_off_in_a_mail",
            mail(&record()[..record().len() - 1]),
            "the last one was probably cut off",
        ),
        (
            "cut_off_before_a_word",
            format!("{}\nRegards\n", &record()[..record().len() - 1]),
            "the last one was probably cut off",
        ),
        (
            "signature_lost",
            record()[..record().rfind(" sig=").unwrap()].to_owned(),
            "without its signature",
        ),
        (
            "signature_lost_in_a_mail",
            mail(&record()[..record().rfind(" sig=").unwrap()]),
            "without its signature",
        ),
        ("character_lost", format!("{before}{}", &signature[1..]), "98 characters"),
        (
            "character_added",
            format!("{before}x{signature}"),
            "100 characters from sig= on, 99 were expected: 1 too many",
        ),
        (
            "character_changed",
            format!("{before}?{}", &signature[1..]),
            "is ?, where a letter, a digit, - or _ was expected",
        ),
        (
            "dash_in_the_signature",
            format!("{before}\u{2014}{}", &signature[3..]),
            "typographic dash",
        ),
        (
            "dash_in_a_name",
            record().replace("standard-2026", "standard\u{2013}2026"),
            "typographic dash",
        ),
        ("quotation_mark_in_a_name", record().replace("4711/", "4711\u{2019}"), "quotation marks"),
        (
            "letter_that_could_not_be_read",
            record().replace("cloud", "cl\u{fffd}ud"),
            "could not read the character",
        ),
        ("letter_of_latin_1", record().replace("cloud", "cl\u{f8}ud"), "(U+00F8)"),
        (
            "keyword_in_small_letters",
            record().replace("LICENSE", "License"),
            "License stands where LICENSE was expected",
        ),
        (
            "keyword_misspelt",
            record().replace("LICENSE", "LICENCE"),
            "LICENCE stands where LICENSE was expected",
        ),
        ("keyword_twice", format!("LICENSE {}", record()), "the keyword stands twice"),
        (
            "signature_twice",
            format!("{} {}", record(), &record()[record().rfind("sig=").unwrap()..]),
            "two signatures",
        ),
        (
            "two_blanks_in_the_signature",
            format!("{before}{} {} {}", &signature[..40], &signature[40..60], &signature[60..]),
            "interrupted behind its 53rd character, counted from sig=: white space",
        ),
        (
            "hyphenated_in_the_signature",
            format!("{before}{}-\n{}", &signature[..40], &signature[40..]),
            "interrupted behind its 54th character, counted from sig=: a hyphen",
        ),
        (
            "page_break_in_the_signature",
            format!("{before}{}\nPage 1 of 2\n\n{}", &signature[..40], &signature[40..]),
            "Page 1 of 2 stands there",
        ),
        (
            "plus_in_the_signature",
            format!("{before}{}\n+{}", &signature[..40], &signature[40..]),
            "+ stands there",
        ),
        ("text_before_the_keyword", format!("my{}", record()), "directly before LICENSE"),
        (
            "end_of_the_signature_changed",
            format!("{}B", &record()[..record().len() - 1]),
            "only A, Q, g or w can stand",
        ),
    ]
}

#[test]
fn what_cannot_be_undone_is_named() {
    for (name, mail, word) in damaged() {
        let reading = Reading::of_bytes(mail.as_bytes());
        assert_eq!(signed(reading.bytes()), [], "{name}");
        let found = Records::new(reading.bytes()).find(|found| found.record.is_err());
        let found = found.unwrap_or_else(|| panic!("{name}: nothing is left"));
        let words = reading.damage(found.start).unwrap_or_default();
        assert!(words.contains(word), "{name}: {words:?} ({:?})", found.record);
        assert_eq!(refused(&reading), 1, "{name}");
    }
}

/// Reading changes nothing that the rules refuse, but for what is damage of transport.
#[test]
fn no_refused_vector_becomes_a_record_that_it_was_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/invalid");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|e| e != "lic") {
            continue;
        }
        let content = fs::read(&file).unwrap();
        let reading = Reading::of_bytes(content.as_slice());
        assert_eq!(signed(reading.bytes()), signed(&content), "{}", file.display());
        // Text beside records may be set aside; nothing else is done.
        let others = reading.undone().iter().filter(|undone| **undone != Undone::OtherText);
        assert_eq!(others.count(), 0, "{}: {:?}", file.display(), reading.undone());
    }
}

#[test]
fn commented_out_stays_commented_out() {
    let hidden = record();
    for text in [
        format!("# {hidden}\nHello\n"),
        format!("> # {hidden}\n> Hello\n"),
        format!("#{hidden}.\n"),
        format!("Hello # see\u{2028}{hidden}\n"),
    ] {
        let reading = Reading::of_bytes(text.as_bytes());
        assert_eq!(signed(reading.bytes()), [], "{text}");
    }
}

#[test]
fn a_license_that_is_not_read_is_named() {
    let (hidden, other) = (record(), delegated());
    let url = hidden.replace(' ', "%20").replace('=', "%3D");
    for (text, records, words) in [
        (format!("Ticket #1: {hidden}\n{other}"), 2, "behind # in line 1 and was"),
        (format!("{other}# {hidden}"), 2, "behind # in line 3 and was"),
        (format!("#{hidden}\n\n> # \"{hidden}\n"), 0, "behind # in lines 1, 3 and were"),
        (format!("{}{other}", prefixed("# ", &folded(&hidden, 72))), 2, "in line 1 and"),
        (format!("<a href=\"mailto:?body={url}\">{other}</a>"), 2, "in a link and was not read"),
        (format!("<a title='{hidden}'>here</a>"), 0, "in a link and was not read"),
    ] {
        let reading = Reading::of_bytes(text.as_bytes());
        assert_eq!(signed(reading.bytes()).len(), records, "{text}");
        let [unread] = reading.unread() else { panic!("{text}: {:?}", reading.unread()) };
        assert!(unread.contains(words), "{unread}");
    }
    let harmless = format!("# LICENSE 1 of 2, KEY 1 and the LICENSE\n{other}# REPAIR 1\n");
    assert_eq!(Reading::of_bytes(harmless.as_bytes()).unread(), [] as [String; 0]);
}

#[test]
fn keywords_in_prose_are_no_records() {
    for text in [
        "KEY account manager\n",
        "LICENSE",
        "Hello\nLICENSE 2 of 3\n",
        "your LICENSE KEY\n",
        "License 1 of 2",
    ] {
        let reading = Reading::of_bytes(text.as_bytes());
        let is_stray = |found: nodelock::record::Found<'_>| {
            found.record.is_err_and(|error| error.reason == nodelock::Reason::StrayText)
        };
        assert!(Records::new(reading.bytes()).all(is_stray), "{text}");
        assert_eq!(reading.bytes().len(), text.len());
    }
    let reason = |text: &str| {
        let reading = Reading::of_bytes(text.as_bytes());
        let reasons: Vec<_> = Records::new(reading.bytes())
            .filter_map(|found| Some(found.record.err()?.reason))
            .collect();
        reasons
    };
    let next = record().replace("LICENSE 1", "LICENSE 2");
    assert_eq!(reason(&format!("Hello\n{next}\n")), [nodelock::Reason::UnsupportedFormat]);
    assert_eq!(reason("LICENSE 1 voice 1.0 permanent"), [nodelock::Reason::Truncated]);
    assert_eq!(
        reason(&format!("LICENSE LICENSE {}", &record()[8..])),
        [nodelock::Reason::FieldOrder]
    );
}

#[test]
fn quoted_printable_is_undone_beside_what_is_plain() {
    for plain in [record(), folded(&record(), 70)] {
        let mail =
            format!("--=_1\n\n{plain}\n\n--=_1\n\n{}\n--=_1--\n", quoted_printable(&delegated()));
        for mail in [mail.clone(), mail.replace('\n', "\r\n").replace("\r\r", "\r")] {
            let reading = Reading::of_bytes(mail.as_bytes());
            assert_eq!((signed(reading.bytes()).len(), refused(&reading)), (3, 0), "{mail}");
            assert!(reading.undone().contains(&Undone::QuotedPrintable));
        }
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    for (file, word) in [
        (b"PK\x03\x04\x14\0\0".as_slice(), "ZIP"),
        (b"\x1F\x8B\x08\0", "gzip"),
        (b"%PDF-1.7\n%\xE2\xE3", "PDF"),
        (b"\xFF\xFE\0\0L\0\0\0I\0\0\0", "UTF-32"),
        (b"begin 644 a.lic\nM3$E#\n", "uuencode"),
        (b"4c4943454e5345203120", "hexadecimal"),
    ] {
        let reading = Reading::of_bytes(file);
        let [unread] = reading.unread() else { panic!("{word}: {:?}", reading.unread()) };
        assert!(unread.contains(word), "{unread}");
    }
    let with_a_license = format!("%PDF\n{}\n", record());
    assert_eq!(Reading::of_bytes(with_a_license.as_bytes()).unread(), [] as [String; 0]);
}

#[test]
fn lines_and_places_are_those_of_the_file() {
    let cut = &record()[..record().len() - 1];
    let text = format!("Hello,\n\n{}\n\n{}\n{cut}\n", record(), folded(&record(), 70));
    let reading = Reading::of_bytes(text.as_bytes());
    let mut lines = reading.lines();
    let starts: Vec<_> = Records::new(reading.bytes()).map(|found| found.start).collect();
    let folded_lines = folded(&record(), 70).lines().count();
    let at: Vec<_> = starts.iter().map(|&start| lines.line(start)).collect();
    assert_eq!(at, [Some(3), Some(5), Some(6 + folded_lines)]);
    let places: Vec<_> = starts.iter().map(|&start| reading.offset_in_file(start)).collect();
    let wanted: Vec<_> = text.match_indices("LICENSE").map(|(at, _)| at).collect();
    assert_eq!(places, wanted);
}

/// A megabyte of the worst, each in a time that a linear reader needs.
#[test]
fn hostile_megabytes_are_read_in_linear_time() {
    let size = if cfg!(debug_assertions) { 1 << 18 } else { 1 << 20 };
    let cut = record()[..record().len() - 1].to_owned();
    for unit in [
        "LICENSE 1 ",
        "LICENSE\n1\n",
        "LICENSE 1 a\nb\nc\n",
        "sig=",
        "\nsig=76805a63:A\n",
        "<",
        "<br",
        "<a ",
        "&",
        "=",
        "=\n",
        "=3D",
        ">",
        "> > ",
        "sQFz\n",
        "A",
        "AAAA\nBB\n",
        "#",
        "\n",
        "\r",
        " ",
        "\u{a0}",
        "\u{2014}",
        "LICENSE 1 \u{2014}\n",
        "\0A",
        "KEY 1 x\nkey=\nA\n",
        "issued=3D",
        "sig=3D\n\n",
        "sig%3D\n\n",
        "\u{1b}[",
        "LICENSE ",
        "x:LICENSE 1 ",
        "#LICENSE 1 ",
        "# LICENSE 1 a 1.0\n",
        "<a LICENSE+1+>",
        "LICENSE 1 x sig=76805a63:A\n",
        "LICENSE 1 x-\n",
        "(",
        "<p",
        "\\n",
        &cut,
        &format!("{cut}\n"),
        &folded(&cut, 20),
        &record(),
        "\u{feff}",
    ] {
        let text = unit.repeat(size / unit.len());
        let started = std::time::Instant::now();
        let reading = Reading::of_bytes(text.as_bytes());
        let mut lines = reading.lines();
        let starts = Records::new(reading.bytes()).map(|found| lines.line(found.start)).count();
        let took = started.elapsed();
        assert!(took.as_secs() < 5, "{unit:?}: {took:?}, {starts}");
        assert!(reading.bytes().len() < 3 * size, "{unit:?}: {}", reading.bytes().len());
    }
}

/// Records of every kind, at every width that mail programs use.
#[test]
fn every_valid_vector_is_read_at_every_width() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/valid");
    let mut problems = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|e| e != "lic") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let records = Records::new(text.as_bytes()).filter_map(|found| {
            let mut buffer = [0; 1024];
            let record = found.record.ok()?.write_text(&mut buffer).unwrap().to_vec();
            Some(String::from_utf8(record).unwrap())
        });
        let text = records.collect::<Vec<_>>().join("\n");
        for width in 24..=130 {
            for (way, wrapped) in
                [("fold", folded(&text, width)), ("hyphens", at_hyphens(&text, width))]
            {
                let reading = Reading::of_bytes(wrapped.as_bytes());
                // What begins with # is a comment, also where a break has made it begin so.
                let comment = wrapped.contains("\n#");
                if !comment && signed(reading.bytes()) != signed(text.as_bytes()) {
                    problems.push(format!(
                        "{} {way} {width}\n{wrapped}",
                        file.file_stem().unwrap().display()
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}: {}", problems.len(), problems.join("\n"));
}
