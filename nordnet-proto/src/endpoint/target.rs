//! Addresses that nothing can be injected into.

use std::fmt::{self, Display, Write as _};

use crate::error::Error;
use crate::id::TradableId;

/// The path and query of a request, escaped as it is written.
///
/// Colons stay as they are, since keys are written `11:101`; a comma is only
/// ever the separator of a list. A segment that an address cannot hold, such
/// as an empty one, and a list without elements make the call fail before
/// anything is sent.
#[derive(Debug)]
pub struct Target {
    text: String,
    has_query: bool,
    flaw: Option<Error>,
}

impl Target {
    pub(crate) fn new() -> Self {
        Self {
            text: "/api/2".into(),
            has_query: false,
            flaw: None,
        }
    }

    /// Appends one path segment.
    pub fn segment(&mut self, value: impl Display) -> &mut Self {
        self.list([value])
    }

    /// Appends one path segment that holds a comma-separated list.
    pub fn list(&mut self, values: impl IntoIterator<Item = impl Display>) -> &mut Self {
        self.text.push('/');
        let start = self.text.len();
        let mut count = 0;
        for value in values {
            if count > 0 {
                self.text.push(',');
            }
            count += 1;
            let begin = self.text.len();
            escape(&mut self.text, value);
            if self.text.len() == begin {
                self.refuse(Error::BadIdentifier);
            }
        }
        // What stands between two slashes may not mean another folder.
        if matches!(self.text.get(start..), Some("." | "..")) {
            self.refuse(Error::BadIdentifier);
        }
        if count == 0 {
            self.refuse(Error::NothingAsked);
        }
        self
    }

    /// Appends one path segment that holds tradables.
    pub(crate) fn tradables(&mut self, tradables: &[TradableId]) -> &mut Self {
        if !tradables.iter().all(TradableId::is_key) {
            self.refuse(Error::BadIdentifier);
        }
        self.list(tradables)
    }

    /// Appends one member of the query.
    pub fn query(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.query_list(name, [value])
    }

    /// Appends one member of the query if there is a value for it.
    pub fn query_optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        self.query_list(name, value)
    }

    /// Appends one member of the query that holds a comma-separated list;
    /// nothing if the list is empty.
    pub fn query_list(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = impl Display>,
    ) -> &mut Self {
        for (index, value) in values.into_iter().enumerate() {
            if index == 0 {
                self.text.push(if self.has_query { '&' } else { '?' });
                self.has_query = true;
                escape(&mut self.text, name);
                self.text.push('=');
            } else {
                self.text.push(',');
            }
            escape(&mut self.text, value);
        }
        self
    }

    /// Makes the call fail instead of being sent; the first reason counts.
    pub(crate) fn refuse(&mut self, reason: Error) {
        self.flaw.get_or_insert(reason);
    }

    pub(crate) fn finish(self) -> Result<String, Error> {
        match self.flaw {
            Some(flaw) => Err(flaw),
            None => Ok(self.text),
        }
    }
}

/// Percent-encodes everything but unreserved characters and the colon.
pub(super) fn escape(out: &mut String, value: impl Display) {
    struct Escaper<'a>(&'a mut String);

    impl fmt::Write for Escaper<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for byte in text.bytes() {
                match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                        self.0.push(char::from(byte));
                    }
                    _ => write!(self.0, "%{byte:02X}")?,
                }
            }
            Ok(())
        }
    }

    // Writing to a string cannot fail.
    let _ = write!(Escaper(out), "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Target)) -> Result<String, Error> {
        let mut target = Target::new();
        write(&mut target);
        target.finish()
    }

    #[test]
    fn escapes_every_part_of_a_target() {
        let target = written(|target| {
            target
                .segment("instruments")
                .list(["11:ERIC B", "a,b/c?d#e%f", ".."])
                .query("q", "å&b=c d")
                .query_optional("none", None::<u8>)
                .query_list("list", ["a,b", "c"])
                .query_list("empty", [0; 0])
                .query("days", 7);
        });
        assert_eq!(
            target.unwrap(),
            "/api/2/instruments/11:ERIC%20B,a%2Cb%2Fc%3Fd%23e%25f,..?q=%C3%A5%26b%3Dc%20d&list=a%2Cb,c&days=7"
        );
    }

    #[test]
    fn refuses_what_no_address_can_hold() {
        for bad in ["", ".", ".."] {
            let error = written(|target| {
                target.segment("countries").segment(bad);
            });
            assert!(matches!(error, Err(Error::BadIdentifier)), "{bad:?}");
        }
        let holed = written(|target| {
            target.segment("countries").list(["SE", ""]);
        });
        assert!(matches!(holed, Err(Error::BadIdentifier)));
        let none = written(|target| {
            target.segment("countries").list([0; 0]);
        });
        assert!(matches!(none, Err(Error::NothingAsked)));
        for bad in [TradableId::new(-1, "101"), TradableId::new(11, "")] {
            let error = written(|target| {
                target.tradables(&[TradableId::new(11, "101"), bad]);
            });
            assert!(matches!(error, Err(Error::BadIdentifier)));
        }
    }
}
