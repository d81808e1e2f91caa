//! Lines into messages, in three tiers.
//!
//! 1. Tight: a tick as programs write JSON, `{"type":…,"data":{…}}` without
//!    white space, its members in any order, unknown ones among them.
//! 2. Loose: the same with white space and the members of the envelope anywhere.
//! 3. Fallback: everything else, by `serde_json`.
//!
//! The first two read only ticks and heartbeats. They scan the bytes once, eight at a time, and
//! need no heap. They answer with a message or with nothing; nothing means that there is a doubt,
//! and the next tier decides. So what is read never depends on the tier, only how fast it
//! is, and only the fallback says what is wrong with a line. `fuzz/README.md` says how that
//! is checked.

mod envelope;
mod fallback;
mod keys;
mod number;
mod object;
mod scan;
mod skip;

use super::server_error::ServerError;

pub(super) use self::envelope::{loose, tight};
pub(super) use self::fallback::Envelope;

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<M> {
    /// A message.
    Message(M),
    /// An `err`: a command failed.
    Error(Box<ServerError>),
}

#[cfg(test)]
mod tests {
    use super::super::message::MarketMessage;
    use super::*;

    const USUAL: [&str; 8] = [
        r#"{"type":"price","data":{"i":"101","m":11,"tick_timestamp":1741781407194,"bid":83.44,"bid_volume":1,"turnover":8492556.03}}"#,
        r#"{"type":"price","data":{"ask":87.0,"id":16750901,"ask_volume":1.2E3,"i":"ERIC B","last":null,"m":11,"new":{"a":[1,"x"]}}}"#,
        r#"{"type":"depth","data":{"i":"16750901","m":11,"tick_timestamp":1741781407194,"bid1":83.4,"bid_volume1":12,"ask_orders5":4}}"#,
        r#"{"type":"trade","data":{"i":"101","m":11,"trade_timestamp":1741781407194,"price":5.0E-4,"volume":15.0,"trade_id":"12345678901"}}"#,
        r#"{"type":"trading_status","data":{"i":"101","m":11,"status":"C","source_status":"Continuous Trading"}}"#,
        r#"{"type":"indicator","data":{"i":"OMXS30","m":"SSE","last":2445.61,"delayed":0}}"#,
        r#"{"type":"indicator","data":{"m":"SSE","i":"\u00e5","unknown":-1e9}}"#,
        r#"{"type":"heartbeat","data":{}}"#,
    ];

    fn is_tight(line: &str) -> bool {
        let read = tight(line.as_bytes(), &mut MarketMessage::Heartbeat);
        read.is_some_and(|end| end as usize == line.len())
    }

    fn is_loose(line: &str) -> bool {
        loose(line.as_bytes(), &mut MarketMessage::Heartbeat)
    }

    /// Whatever the tiers read, they read the same; so only this shows that they
    /// read at all.
    #[test]
    fn no_usual_line_needs_a_slower_tier() {
        for line in USUAL {
            assert!(is_tight(line), "{line}");
            assert!(is_loose(line), "{line}");
            let spaced = line
                .replace(',', ", ")
                .replace(':', " :\t")
                .replace('{', "{ ");
            assert!(!is_tight(&spaced), "{spaced}");
            assert!(is_loose(&spaced), "{spaced}");
            let more = line.replacen('{', r#"{"seq":[1,2],"#, 1);
            assert!(is_loose(&more), "{more}");
        }
        let data_first = r#"{"data":{"i":"101","m":11,"bid":1},"type":"price"}"#;
        assert!(is_loose(data_first));
    }

    #[test]
    fn a_doubt_is_left_to_the_fallback() {
        for line in [
            r#"{"type":"price","data":{"i":"101","m":11,"bid":1,"bid":1}}"#,
            r#"{"type":"price","data":{"i":"101","m":11,"bid":1e400}}"#,
            r#"{"type":"price","data":{"i":"101","m":11,"bid":"1"}}"#,
            r#"{"type":"price","data":{"i":"101","m":11,"\u0062id":1}}"#,
            r#"{"type":"price","data":{"i":"101","m":11.5}}"#,
            r#"{"type":"price","data":{"m":11}}"#,
            r#"{"type":"price","data":{"i":"101","m":11}"#,
            r#"{"type":"price","data":{"i":"101","m":11}}}"#,
            r#"{"type":"price","type":"price","data":{"i":"101","m":11}}"#,
            r#"{"type":"depth","data":{"i":"101","m":11,"bid_orders1":4294967296}}"#,
            r#"{"type":"order","data":{"i":"101","m":11}}"#,
        ] {
            assert!(!is_tight(line), "{line}");
            assert!(!is_loose(line), "{line}");
        }
    }
}
