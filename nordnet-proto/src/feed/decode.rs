//! Lines into messages, in three tiers.
//!
//! 1. Tight: a tick as programs write JSON, `{"type":…,"data":{…}}` without
//!    white space, its members in any order, unknown ones among them.
//! 2. Loose: the same with white space and outer members anywhere.
//! 3. The judge: everything else, by `serde_json`.
//!
//! The first two read only ticks and heartbeats. They scan the bytes once, eight at a time, and
//! need no heap. They answer with a message or with nothing; nothing means that there is a doubt,
//! and the next tier decides. So what is read never depends on the tier, only how fast it
//! is, and only the judge says what is wrong with a line. `fuzz/README.md` tells how that
//! is held.

mod judge;
mod keys;
mod number;
mod object;
mod outer;
mod scan;
mod skip;

use super::server_error::ServerError;

pub(super) use self::judge::Envelope;
pub(super) use self::outer::{loose, tight};

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<M> {
    /// A message.
    Message(M),
    /// An `err`: a command failed.
    Error(Box<ServerError>),
}
