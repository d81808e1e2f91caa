//! Lines out of a stream of bytes.

use std::fmt;

use memchr::{memchr, memrchr};

use crate::error_traits::error_traits;

/// Splits a stream of bytes into lines, however it was cut on its way.
///
/// One buffer is used again and again. A byte is searched twice at most and moved at
/// most as often as it was handed out, so that a line that comes in single
/// bytes costs no more than one that comes whole.
///
/// ```
/// use nordnet_proto::LineDecoder;
///
/// let mut lines = LineDecoder::new(1024);
/// lines.push(b"{\"a\"");
/// assert!(lines.next_line().is_none());
/// lines.push(b":1}\r\n{");
/// assert_eq!(lines.next_line(), Some(Ok(&b"{\"a\":1}"[..])));
/// assert_eq!(lines.finish(), 1);
/// ```
pub struct LineDecoder {
    buffer: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Where the last whole line ends, behind its line feed.
    whole: usize,
    max_line: usize,
    too_long: bool,
}

/// A line is longer than the limit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LineTooLong {
    /// The limit in bytes.
    pub limit: usize,
}

/// What a buffer may keep between two connections.
const KEPT_CAPACITY: usize = 64 * 1024;

const PIECE: usize = 1024;

impl LineDecoder {
    /// Makes a decoder for lines of up to `max_line` bytes, the line feed not
    /// counted.
    #[must_use]
    pub const fn new(max_line: usize) -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            whole: 0,
            max_line,
            too_long: false,
        }
    }

    /// Takes over bytes as they were read.
    ///
    /// Ask for the lines before pushing more: what is not asked for is kept.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.too_long {
            return;
        }
        // Moving no more than was handed out keeps the total work linear.
        if self.start > 0 && self.start >= self.buffer.len() - self.start {
            self.buffer.drain(..self.start);
            self.whole -= self.start;
            self.start = 0;
        }
        if let Some(last) = memrchr(b'\n', bytes) {
            self.whole = self.buffer.len() + last + 1;
        }
        // In pieces, since for longer ones the C library takes `rep movsb`, which
        // is no faster within the cache.
        self.buffer.reserve(bytes.len());
        for piece in bytes.chunks(PIECE) {
            self.buffer.extend_from_slice(piece);
        }
    }

    /// The next whole line, without its line feed and the carriage return
    /// before it; `None` if more bytes are needed.
    ///
    /// # Errors
    ///
    /// [`LineTooLong`] as soon as the limit is passed, once. What follows is
    /// ignored until [`LineDecoder::clear`].
    #[must_use]
    pub fn next_line(&mut self) -> Option<Result<&[u8], LineTooLong>> {
        let waiting = self.buffer.get(self.start..)?;
        let found = match self.has_line() {
            true => memchr(b'\n', waiting),
            false => None,
        };
        let length = found.unwrap_or(waiting.len());
        if length > self.max_line {
            self.clear();
            self.too_long = true;
            return Some(Err(LineTooLong {
                limit: self.max_line,
            }));
        }
        let begin = self.start;
        self.start = begin + found? + 1;
        let line = self.buffer.get(begin..begin + length)?;
        Some(Ok(line.strip_suffix(b"\r").unwrap_or(line)))
    }

    /// Where the next line begins, for [`LineDecoder::rewind`].
    pub(super) const fn position(&self) -> usize {
        self.start
    }

    /// Goes back to a position, so that the lines since are read again. Nothing
    /// may have been pushed or cleared in the meantime.
    pub(super) const fn rewind(&mut self, position: usize) {
        self.start = position;
    }

    /// Lets a reader try the next line before its end is searched, which costs as
    /// much as reading a member. It sees all whole lines that wait, and says
    /// where what it has read ends, which must be all of a line. Whether it was.
    #[inline(always)]
    pub(super) fn read_ahead(&mut self, read: impl FnOnce(&[u8]) -> Option<u32>) -> bool {
        let lines = self.buffer.get(self.start..self.whole).unwrap_or_default();
        let Some(read) = read(lines) else {
            return false;
        };
        let read = read as usize;
        let length = match lines.get(read..) {
            Some([b'\n', ..]) => read,
            Some([b'\r', b'\n', ..]) => read + 1,
            _ => return false,
        };
        if length > self.max_line {
            return false;
        }
        self.start += length + 1;
        true
    }

    /// Ends the stream: drops a line that never got its line feed and says how
    /// many bytes of it there were, zero if none.
    ///
    /// Ask for the whole lines first; they are dropped too.
    pub fn finish(&mut self) -> usize {
        let truncated = self.unfinished();
        self.clear();
        truncated
    }

    /// Forgets everything, for a new connection.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_CAPACITY);
        self.start = 0;
        self.whole = 0;
        self.too_long = false;
    }

    /// How many bytes were pushed and not handed out as lines.
    #[must_use]
    pub const fn buffered(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// How many bytes stand behind the last line feed.
    #[must_use]
    pub const fn unfinished(&self) -> usize {
        self.buffer.len() - self.whole
    }

    /// Whether a whole line waits.
    #[inline]
    pub(crate) const fn has_line(&self) -> bool {
        self.start < self.whole
    }
}

/// Shows no content: an echo of a login holds the session key.
impl fmt::Debug for LineDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineDecoder")
            .field("buffered", &self.buffered())
            .field("max_line", &self.max_line)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for LineTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a line is longer than {} bytes", self.limit)
    }
}

error_traits!(LineTooLong);
