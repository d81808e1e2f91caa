//! Values that nobody asked for: passed over, but only if they are JSON.

use super::scan::{Scanner, before, digits, no_digits};

/// The place behind the value at a place; nothing if it is no JSON, or has what
/// is left to a slower tier: escapes, and more than 64 levels.
#[inline(never)]
pub(super) fn value(scanner: &Scanner<'_>, at: u32) -> Option<u32> {
    match scanner.byte(at) {
        b'{' | b'[' => nested(scanner, at),
        _ => plain(scanner, at),
    }
}

#[inline(always)]
fn plain(scanner: &Scanner<'_>, at: u32) -> Option<u32> {
    match scanner.byte(at) {
        b'0'..=b'9' => number(scanner, at),
        b'-' => number(scanner, at + 1),
        b'"' => text(scanner, at),
        b'n' => word(scanner, at, b"null"),
        b't' => word(scanner, at, b"true"),
        b'f' => word(scanner, at, b"false"),
        _ => None,
    }
}

fn nested(scanner: &Scanner<'_>, begin: u32) -> Option<u32> {
    // For each open level whether it is an object; below them a mark.
    let mut levels = 1_u64;
    let mut at = begin;
    loop {
        // A value, or the bracket that opens one.
        let opening = scanner.byte(at);
        if matches!(opening, b'{' | b'[') {
            if levels >> 63 != 0 {
                return None;
            }
            levels = levels << 1 | u64::from(opening == b'{');
            at = scanner.skip_space(at + 1);
            if scanner.byte(at) != opening + 2 {
                at = name(scanner, at, levels)?;
                continue;
            }
        } else {
            at = scanner.skip_space(plain(scanner, at)?);
        }
        // What follows a value: closing brackets, then a comma.
        loop {
            let closing = if levels & 1 == 1 { b'}' } else { b']' };
            let byte = scanner.byte(at);
            if byte == b',' {
                at = name(scanner, scanner.skip_space(at + 1), levels)?;
                break;
            }
            if byte != closing {
                return None;
            }
            levels >>= 1;
            if levels == 1 {
                return Some(at + 1);
            }
            at = scanner.skip_space(at + 1);
        }
    }
}

/// The place of the next value: behind a name, if the innermost level is an
/// object.
fn name(scanner: &Scanner<'_>, at: u32, levels: u64) -> Option<u32> {
    if levels & 1 == 0 {
        return Some(at);
    }
    if scanner.byte(at) != b'"' {
        return None;
    }
    let colon = scanner.skip_space(text(scanner, at)?);
    (scanner.byte(colon) == b':').then(|| scanner.skip_space(colon + 1))
}

fn text(scanner: &Scanner<'_>, at: u32) -> Option<u32> {
    let text = scanner.text(at + 1)?;
    (!text.is_escaped).then_some(text.after)
}

fn word(scanner: &Scanner<'_>, at: u32, word: &[u8]) -> Option<u32> {
    scanner
        .starts_with(at, word)
        .then_some(at + word.len() as u32)
}

/// The place behind a number without its sign; whether it fits does not matter.
fn number(scanner: &Scanner<'_>, begin: u32) -> Option<u32> {
    let mut at = run(scanner, begin);
    if at == begin || at > begin + 1 && scanner.byte(begin) == b'0' {
        return None;
    }
    if scanner.byte(at) == b'.' {
        let fraction = at + 1;
        at = run(scanner, fraction);
        if at == fraction {
            return None;
        }
    }
    if scanner.byte(at) | 0x20 == b'e' {
        let sign = scanner.byte(at + 1);
        let exponent = at + 1 + u32::from(matches!(sign, b'+' | b'-'));
        at = run(scanner, exponent);
        if at == exponent {
            return None;
        }
    }
    Some(at)
}

/// The place behind the digits at a place.
fn run(scanner: &Scanner<'_>, mut at: u32) -> u32 {
    loop {
        let count = before(no_digits(digits(scanner.word(at))));
        at += count;
        if count < 8 {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    /// Serde says what is JSON.
    #[test]
    fn passes_over_what_is_json_and_nothing_else() {
        let values = [
            "0",
            "-0",
            "16750901",
            "1e999",
            "1.5E-7",
            "12345678901234567890",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "+1",
            "1e+",
            "--1",
            "\"\"",
            "\"åäö\"",
            "\"a",
            "null",
            "nul",
            "true",
            "false",
            "falsE",
            "NaN",
            "{}",
            "[]",
            "[1]",
            "[1 , 2]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{ \"a\" : { \"b\" : [ { } , [] ] } }",
            "{\"a\":1,\"b\":null}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "[}",
            "{]",
            "[[]",
            "{\"a\":[}]}",
            "[{\"a\":1},{\"b\":2}]",
            "",
            " ",
        ];
        for value in values {
            for text in [
                value.to_owned(),
                format!("[{value}]"),
                format!("{{\"x\":[{value},{value}]}}"),
            ] {
                let line = format!("{text},       ");
                let scanner = Scanner::new(line.as_bytes()).unwrap();
                let found = super::value(&scanner, 0);
                if serde_json::from_str::<&RawValue>(&text).is_ok() && text.trim() == text {
                    assert_eq!(found, Some(text.len() as u32), "{text}");
                } else {
                    let is_whole = found == Some(text.len() as u32);
                    assert!(!is_whole || text.is_empty(), "{text}");
                }
            }
        }
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth) + "       ";
        let end = |text: &str| value(&Scanner::new(text.as_bytes()).unwrap(), 0);
        assert_eq!(end(&deep(63)), Some(126));
        assert_eq!(end(&deep(64)), None);
    }
}
