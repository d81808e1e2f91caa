//! Taking a session key out of what the server sends back.

use memchr::memmem;
use zeroize::Zeroizing;

use super::command::push_string;
use crate::session_key::SessionKey;

const MASK: &[u8] = b"***";

/// The text without the key, plain or escaped as within a JSON string.
pub(crate) fn scrub_text(text: String, key: &SessionKey) -> String {
    let scrubbed = scrub_bytes(text.as_bytes(), key);
    scrubbed.map_or(text, |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes without the key; `None` if it does not occur.
pub(crate) fn scrub_bytes(bytes: &[u8], key: &SessionKey) -> Option<Vec<u8>> {
    let plain = key.expose().as_bytes();
    let mut quoted = Zeroizing::new(Vec::with_capacity(6 * plain.len() + 2));
    push_string(&mut quoted, key.expose());
    // A quoted text has a quotation mark at each end.
    let escaped = quoted.get(1..quoted.len() - 1).unwrap_or(plain);
    match replace(bytes, escaped) {
        Some(once) => Some(replace(&once, plain).unwrap_or(once)),
        None => replace(bytes, plain),
    }
}

fn replace(bytes: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    if secret.is_empty() || memmem::find(bytes, secret).is_none() {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, secret) {
        // A find is within the bytes searched, the end of the found too.
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(MASK);
        rest = &rest[at + secret.len()..];
    }
    out.extend_from_slice(rest);
    Some(out)
}
