//! An answer that goes out before its request is read.

use std::io::{self, Write};
use std::time::Duration;

use crate::exchange::Answer;

use super::http1::{Form, Image};

/// What the first request on a connection is answered with, early.
#[derive(Debug)]
pub(super) struct Early {
    /// How long after the connection is up it goes out.
    pub(super) delay: Duration,
    /// What is still to be sent of it.
    pub(super) image: Image,
    /// Whether the request takes effect once it is read.
    pub(super) processed: bool,
}

impl Early {
    pub(super) fn new(answer: &Answer, date: &str) -> Self {
        // The request is not known yet, so its form is the usual one.
        let form = Form {
            closes: false,
            bodiless: false,
            may_chunk: true,
        };
        let reply = answer.early();
        Self {
            delay: reply.delay,
            image: Image::new(reply.response, &reply.delivery, form, date),
            processed: answer.is_processed(),
        }
    }

    /// Hands over to TLS, ahead of the handshake, what goes out with its last
    /// flight: as much as fits. Returns how much that was.
    pub(super) fn hand_over(&mut self, to: &mut impl Write) -> io::Result<usize> {
        let goes_at_once = self.delay.is_zero();
        if !goes_at_once || self.image.drip.is_some() || self.image.flood.is_some() {
            return Ok(0);
        }
        let count = to.write(&self.image.bytes)?;
        self.image.bytes.drain(..count);
        Ok(count)
    }
}
