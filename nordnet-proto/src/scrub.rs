//! Taking secrets out of what a server sends back.

use http::header::HeaderValue;
use memchr::{memchr2, memmem};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::request::{HttpResponse, basic_credentials};
use crate::session_key::SessionKey;

const MASK: &[u8] = b"***";

/// A shorter text is no secret, and would be found in prices and numbers.
const SHORTEST: usize = 8;

/// In more bytes than these a fast search comes first.
const MANY: usize = 4 << 10;

/// The answer to a call that was sent with this session key, without the key.
pub(crate) fn answer(
    answer: Result<HttpResponse, Failure>,
    key: Option<&SessionKey>,
) -> Result<HttpResponse, Failure> {
    match key {
        Some(key) => Scrub::session(key).answer(answer),
        None => answer,
    }
}

/// Secrets to be masked in whatever a server sends: as they are or in other
/// case, with the escapes of JSON or of a URL, at any depth. In more than 4 KiB, a
/// secret in other case is found only if there is an escape in the text.
pub(crate) struct Scrub(Vec<Zeroizing<String>>);

impl Scrub {
    /// Masks these secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        // Base64 also comes without the padding at its end.
        let secrets = secrets.into_iter().map(|it| it.trim_end_matches('='));
        let secrets = secrets.filter(|secret| secret.len() >= SHORTEST);
        Self(secrets.map(|it| Zeroizing::new(it.to_owned())).collect())
    }

    /// Masks a session key, and the credentials that calls send it as.
    pub(crate) fn session(key: &SessionKey) -> Self {
        let mut scrub = Self::new([key.expose()]);
        if !scrub.0.is_empty() {
            // Also where they come back without the padding at their end.
            let basic = basic_credentials(key);
            scrub
                .0
                .push(Zeroizing::new(basic.trim_end_matches('=').into()));
        }
        scrub
    }

    /// The answer to a call, or why there is none, without the secrets.
    pub(crate) fn answer(
        &self,
        answer: Result<HttpResponse, Failure>,
    ) -> Result<HttpResponse, Failure> {
        match answer {
            Ok(mut response) => {
                for value in response.headers_mut().values_mut() {
                    let scrubbed = self.bytes(value.as_bytes());
                    if let Some(Ok(scrubbed)) = scrubbed.map(|it| HeaderValue::from_bytes(&it)) {
                        *value = scrubbed;
                    }
                }
                if let Some(scrubbed) = self.bytes(response.body().as_bytes()) {
                    *response.body_mut() = scrubbed.into();
                }
                Ok(response)
            }
            Err(failure) => Err(Failure {
                detail: self.text(failure.detail),
                ..failure
            }),
        }
    }

    /// The text without the secrets.
    pub(crate) fn text(&self, text: String) -> String {
        match self.bytes(text.as_bytes()) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => text,
        }
    }

    /// The bytes without the secrets; `None` if there are none in them.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if bytes.len() > MANY && !self.may_be_in(bytes) {
            return None;
        }
        let mut starts = [false; 256];
        starts[usize::from(b'\\')] = true;
        starts[usize::from(b'%')] = true;
        for first in self.0.iter().filter_map(|secret| secret.bytes().next()) {
            starts[usize::from(first.to_ascii_lowercase())] = true;
            starts[usize::from(first.to_ascii_uppercase())] = true;
        }
        let mut out = None;
        let (mut kept, mut at) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            let end = Some(at)
                .filter(|_| starts[usize::from(*byte)])
                .and_then(|at| self.0.iter().find_map(|secret| end_of(secret, bytes, at)));
            let Some(end) = end else {
                // A match takes a whole run of backslashes, so none begins within
                // one: without this, a long run takes quadratic time.
                let rest = bytes.get(at..).unwrap_or_default();
                let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
                at += slashes.max(1);
                continue;
            };
            let out: &mut Vec<u8> = out.get_or_insert_default();
            out.extend_from_slice(bytes.get(kept..at).unwrap_or_default());
            out.extend_from_slice(MASK);
            (kept, at) = (end, end);
        }
        let mut out = out?;
        out.extend_from_slice(bytes.get(kept..).unwrap_or_default());
        Some(out)
    }

    fn may_be_in(&self, bytes: &[u8]) -> bool {
        let is_in = |secret: &Zeroizing<String>| memmem::find(bytes, secret.as_bytes()).is_some();
        memchr2(b'\\', b'%', bytes).is_some() || self.0.iter().any(is_in)
    }
}

/// Where a secret ends that begins there, however it is escaped.
fn end_of(secret: &str, bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let rest = secret.chars().try_fold(rest, strip_char)?;
    Some(bytes.len() - rest.len())
}

fn strip_char(bytes: &[u8], char: char) -> Option<&[u8]> {
    let slashes = bytes.iter().take_while(|byte| **byte == b'\\').count();
    let rest = bytes.get(slashes..)?;
    if slashes > 0 {
        if let Some((code, rest)) = rest
            .strip_prefix(b"u")
            .and_then(|escaped| escaped.split_at_checked(4))
            && hex(code).and_then(char::from_u32) == Some(char)
        {
            return Some(rest);
        }
        let letter = match char {
            '\\' => return Some(rest),
            '\n' => "n",
            '\r' => "r",
            '\t' => "t",
            '\u{8}' => "b",
            '\u{c}' => "f",
            _ => "",
        };
        if !letter.is_empty() {
            return rest.strip_prefix(letter.as_bytes());
        }
    }
    let mut utf8 = [0; 4];
    let utf8 = char.encode_utf8(&mut utf8).as_bytes();
    utf8.iter().try_fold(rest, strip_byte)
}

fn strip_byte<'a>(bytes: &'a [u8], byte: &u8) -> Option<&'a [u8]> {
    let (first, rest) = bytes.split_first()?;
    if first.eq_ignore_ascii_case(byte) {
        return Some(rest);
    }
    if *first != b'%' {
        return None;
    }
    let mut code = rest;
    loop {
        let (digits, rest) = code.split_at_checked(2)?;
        if hex(digits) == Some(u32::from(*byte)) {
            return Some(rest);
        }
        // A `%` that is escaped itself.
        code = code.strip_prefix(b"25")?;
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        Some(number * 16 + char::from(*digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "Ab/c\"d\\e+f\u{e5}\n9";

    /// Ways in which a text comes back from a server.
    fn forms(text: &str) -> Vec<String> {
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let units = text.encode_utf16();
        let unicode: String = units.map(|unit| format!("\\u{unit:04X}")).collect();
        let percent: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let inner = |quoted: String| quoted[1..quoted.len() - 1].to_owned();
        let quoted = inner(json(text));
        vec![
            text.into(),
            text.to_ascii_uppercase(),
            quoted.replace('/', "\\/"),
            inner(json(&quoted)),
            inner(json(&unicode)),
            percent.replace('%', "%25"),
            percent.replace("%39", "9"),
            percent,
            unicode.to_lowercase(),
            quoted,
            unicode,
        ]
    }

    #[test]
    fn masks_a_secret_however_it_is_escaped_and_nothing_else() {
        let key = SessionKey::new(KEY);
        let basic = basic_credentials(&key);
        let scrub = Scrub::session(&key);
        for secret in [KEY, basic.trim_end_matches('=')] {
            for form in forms(secret) {
                let text = format!("bef\u{f6}re \\\\ %2 {form}{form} \\u00 after {form}");
                assert_eq!(
                    scrub.text(text),
                    "bef\u{f6}re \\\\ %2 *** \\u00 after ***".replacen("***", "******", 1),
                    "{form}"
                );
            }
        }
    }

    #[test]
    fn is_the_same_in_many_bytes() {
        let scrub = Scrub::new(["f9458a35aa"]);
        let filler = "f9458a35a,".repeat(1000);
        assert_eq!(scrub.bytes(filler.as_bytes()), None);
        for form in forms("f9458a35aa") {
            // Another case is looked for in short texts only: hosts and headers.
            if form != "F9458A35AA" {
                let text = scrub.text(format!("{filler}{form}"));
                assert_eq!(text, format!("{filler}***"), "{form}");
            }
        }
    }

    #[test]
    fn what_is_too_short_to_be_a_secret_stays() {
        let scrub = Scrub::session(&SessionKey::new("1800"));
        assert_eq!(scrub.bytes(b"1800 MTgwMDoxODAw"), None);
        assert_eq!(Scrub::new([""]).bytes(b"abc"), None);
    }

    #[test]
    fn whatever_is_cut_off_is_no_panic() {
        let scrub = Scrub::new([KEY]);
        for form in forms(KEY) {
            for end in 0..form.len() {
                let cut = &form.as_bytes()[..end];
                assert_eq!(scrub.bytes(cut), None);
            }
        }
    }
}
