//! Messages out of any bytes.

use std::fmt::Debug;

use nordnet_proto::{AccountMessage, Decoded, Malformed, MarketMessage};
use serde_json::value::RawValue;

/// The data is one line. Both feeds read it without a panic; what they accept
/// is JSON and reads the same again with white space around it, and what they
/// do not accept is shown within bounds.
pub fn messages(data: &[u8]) {
    read(data, MarketMessage::decode);
    read(data, AccountMessage::decode);
}

type Decode<M> = fn(&[u8]) -> Result<Decoded<M>, Malformed>;

fn read<M: Debug + Clone + PartialEq>(line: &[u8], decode: Decode<M>) {
    let found = decode(line);
    assert_eq!(found, decode(line), "the same bytes read the same");
    match &found {
        Ok(read) => {
            let json = serde_json::from_slice::<&RawValue>(line).expect("only JSON is read");
            assert!(json.get().starts_with('{'), "only objects are read");
            let spaced = [b" \t".as_slice(), line, b" \r"].concat();
            let again = decode(&spaced).expect("white space changes nothing");
            // An unknown message holds its line as it came.
            if !format!("{read:?}").contains("Unknown") {
                assert_eq!(&again, read);
            }
        }
        Err(malformed) => {
            assert!(malformed.bytes.len() <= 256);
            let kind = malformed.kind.as_deref().unwrap_or_default();
            assert!(kind.chars().count() <= 64);
            assert!(!malformed.to_string().is_empty());
        }
    }
    let shown = format!("{found:?}");
    assert!(
        shown.len() <= 64 * line.len() + 8192,
        "shown in {} bytes",
        shown.len()
    );
}
