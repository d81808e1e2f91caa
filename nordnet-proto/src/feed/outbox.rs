//! Bytes that wait to be written, the session key among them.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::command::Command;

/// Commands that the pacing has let through. Wiped as soon as all are written.
#[derive(Default)]
pub(crate) struct Outbox {
    bytes: Zeroizing<Vec<u8>>,
    written: usize,
}

/// Room that is taken at once, since growing would leave a copy of the key.
const ROOM: usize = 16 * 1024;

impl Outbox {
    /// Appends a command, or says `false` if there is no room before the
    /// others are written.
    pub(crate) fn push(&mut self, command: &Command<'_>) -> bool {
        let needed = command.max_len();
        if self.bytes.is_empty() {
            self.bytes.reserve_exact(needed.max(ROOM));
        } else if self.bytes.capacity() - self.bytes.len() < needed {
            return false;
        }
        command.encode(&mut self.bytes);
        true
    }

    pub(crate) fn written(&mut self, count: usize) {
        self.written += count.min(self.waiting().len());
        if self.waiting().is_empty() {
            self.wipe();
        }
    }

    /// Wipes what was used; nothing else was ever written to.
    pub(crate) fn wipe(&mut self) {
        self.bytes.as_mut_slice().zeroize();
        self.bytes.clear();
        self.written = 0;
    }

    pub(crate) fn waiting(&self) -> &[u8] {
        self.bytes.get(self.written..).unwrap_or_default()
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbox({} bytes)", self.waiting().len())
    }
}
