//! Bodies that would take far more memory than they are long.

use std::fmt;

/// Smaller bodies are not checked: they cannot take much memory.
const SMALL: usize = 64 << 10;

/// The deepest nesting of lists and objects. Those of the reference are seven deep
/// at most.
const MOST_DEPTH: usize = 64;

/// The longest text or number.
const MOST_TOKEN: usize = 1 << 20;

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oversize {
    /// Lists and objects are nested too deep there.
    Depth(usize),
    /// A text or a number that begins there is too long.
    Token(usize),
}

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(at) => write!(f, "nested more than {MOST_DEPTH} deep at byte {at}"),
            Self::Token(at) => write!(f, "a text or number of more than 1 MiB at byte {at}"),
        }
    }
}

/// Refuses a body that a decoder would take too much memory for. A decoder skips
/// what it does not know at any depth, and says of a wrong text all of it.
///
/// It looks at brackets and quotes only: the decoder checks
/// that the body is JSON.
pub(crate) fn check(body: &[u8]) -> Result<(), Oversize> {
    if body.len() <= SMALL {
        return Ok(());
    }
    let mut depth = 0_usize;
    let mut token = 0;
    let mut in_text = false;
    let mut bytes = body.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => {
                in_text = !in_text;
                token = at;
            }
            b'\\' if in_text => {
                bytes.next();
            }
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > MOST_DEPTH {
                    return Err(Oversize::Depth(at));
                }
                token = at;
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                token = at;
            }
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => token = at,
            _ => {}
        }
        if at - token > MOST_TOKEN {
            return Err(Oversize::Token(token));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Result<(), Oversize> {
        // So that it is looked at.
        check((" ".repeat(SMALL) + text).as_bytes())
    }

    #[test]
    fn brackets_count_outside_of_texts_only() {
        let deep = |times: usize| "[".repeat(times) + &"]".repeat(times);
        assert_eq!(check_text(&deep(64)), Ok(()));
        assert_eq!(check_text(&deep(65)), Err(Oversize::Depth(SMALL + 64)));
        assert_eq!(check_text(&format!("{}{}", deep(64), deep(64))), Ok(()));
        assert_eq!(check_text(&"]".repeat(1000)), Ok(()));
        let quoted = "[".repeat(1000);
        assert_eq!(check_text(&format!(r#"["\"{quoted}"]"#)), Ok(()));
        assert_eq!(check_text(&format!(r#"["\\","{quoted}"]"#)), Ok(()));
        assert!(check_text(&format!(r#"["\\"{quoted}"]"#)).is_err());
        assert_eq!(check("[".repeat(SMALL).as_bytes()), Ok(()), "it is small");
    }

    #[test]
    fn a_token_is_no_longer_than_a_mebibyte() {
        let long = "1".repeat(MOST_TOKEN - 10);
        for text in [
            format!("[{long},{long}]"),
            format!(r#"["{long}","{long}"]"#),
        ] {
            assert_eq!(check_text(&text), Ok(()));
        }
        for text in [
            format!("[{long}{long}]"),
            format!(r#"["{long}{long}"]"#),
            format!(r#"{{"{long}{long}":1}}"#),
        ] {
            assert!(matches!(check_text(&text), Err(Oversize::Token(_))));
        }
        let escapes = format!(r#"["{}"]"#, "\\\"".repeat(MOST_TOKEN));
        assert!(matches!(check_text(&escapes), Err(Oversize::Token(_))));
        assert_eq!(check_text(&" ".repeat(2 * MOST_TOKEN)), Ok(()));
    }
}
