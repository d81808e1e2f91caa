//! HTTP/1.1 connections: one call at a time on each, none used again after a failure, no
//! redirects, no proxies, no repeats.

mod connection;
mod gate;

pub(crate) use connection::Http1;
pub use gate::{Gate, GateHandle};

/// The size of the buffer for reading responses, in bytes: the most that a TLS record
/// holds.
pub const BUFFER: usize = 16 << 10;
