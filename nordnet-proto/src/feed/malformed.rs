//! Lines that cannot be read.

use std::fmt;

use memchr::memmem;

use super::command::Subscription;
use crate::error_traits::error_traits;

/// A line that was skipped because it makes no sense. The next line is read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// What is wrong with it.
    pub reason: MalformedReason,
    /// The type that the line names, if it got that far.
    pub kind: Option<String>,
    /// What the line is about, if it is a tick that names that and only the rest
    /// makes no sense: something has changed that is not known.
    pub subscription: Option<Subscription>,
    /// Whether that was its first tick, so that all it told is missed. Only a
    /// feed knows.
    pub is_full: bool,
    /// The line itself, cut to 256 bytes and without what may be secret.
    pub bytes: Box<[u8]>,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedReason {
    /// It is not UTF-8.
    NotUtf8,
    /// It is not one JSON value; what the parser says.
    NotJson(String),
    /// It is JSON but no object.
    NotAnObject,
    /// It has no `type` that is a string.
    NoType,
    /// It has this member twice.
    Twice(&'static str),
    /// Its data does not fit its type; where and how.
    Data(String),
}

/// How much of a line is shown.
const SHOWN: usize = 256;

impl Malformed {
    pub(crate) fn new(reason: MalformedReason, kind: Option<&str>, line: &[u8]) -> Self {
        Self {
            reason,
            kind: kind.map(|kind| kind.chars().take(64).collect()),
            subscription: None,
            is_full: false,
            bytes: excerpt(line),
        }
    }
}

impl fmt::Display for MalformedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::NotJson(detail) => write!(f, "not JSON: {detail}"),
            Self::NotAnObject => f.write_str("not a JSON object"),
            Self::NoType => f.write_str("without a type"),
            Self::Twice(member) => write!(f, "with {member} twice"),
            Self::Data(detail) => write!(f, "data that does not fit: {detail}"),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Some(kind) => write!(f, "malformed line of type {kind:?}: {}", self.reason),
            None => write!(f, "malformed line: {}", self.reason),
        }
    }
}

error_traits!(Malformed);

/// The beginning of a line. What follows the name of the session key's member
/// is left out whether or not the key is known.
pub(crate) fn excerpt(line: &[u8]) -> Box<[u8]> {
    let secret = memmem::find(line, b"session_key").unwrap_or(line.len());
    line.get(..secret.min(SHOWN)).unwrap_or(line).into()
}
