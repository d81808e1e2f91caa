//! The chunked transfer coding, as section 7.1 of RFC 9112 defines it.
//!
//! ```text
//!  ──▶ FirstDigit ──▶ Size ──▶ [Space] ──▶ [Extension] ──▶ SizeLf
//!          ▲                                                │  │ size 0
//!          └── DataLf ◀── DataCr ◀── Data ◀─────────────────┘  ▼
//!                                                           LineStart ─▶ EndLf ─▶ End
//!                                                             ▲    ▼
//!                                                       TrailerLf ◀ Trailer
//! ```

use nordnet_proto::Failure;
use zeroize::Zeroizing;

use super::head::MAX_HEADERS;
use super::{append, invalid};

/// Limits that no caller sets: hyper's.
const EXTENSIONS_LIMIT: usize = 16 << 10;
const TRAILERS_LIMIT: usize = 16 << 10;

/// Decodes a chunked body.
#[derive(Default)]
pub(super) struct Chunked {
    step: Step,
    /// What is left of the current chunk.
    size: u64,
    /// How many bytes of extensions have come, over all chunks.
    extensions: usize,
    /// The lines after the last chunk, with the blank line that ends them.
    trailers: Zeroizing<Vec<u8>>,
    trailer_lines: usize,
}

/// What [`Chunked::read`] has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Data(&'a [u8]),
    /// All bytes are used, and the body goes on.
    Incomplete,
    End,
}

#[derive(Clone, Copy, Default)]
enum Step {
    #[default]
    FirstDigit,
    Size,
    Space,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// A trailer may begin, or the body end.
    LineStart,
    Trailer,
    TrailerLf,
    EndLf,
    End,
}

impl Chunked {
    /// Takes bytes up to the next data, or the end of the body.
    pub(super) fn read<'a>(&mut self, bytes: &mut &'a [u8]) -> Result<Part<'a>, Failure> {
        loop {
            match self.step {
                Step::Data if !bytes.is_empty() => return Ok(Part::Data(self.take_data(bytes))),
                Step::End => return Ok(Part::End),
                _ => {}
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return Ok(Part::Incomplete);
            };
            *bytes = rest;
            self.step = self.take_byte(*byte)?;
        }
    }

    fn take_data<'a>(&mut self, bytes: &mut &'a [u8]) -> &'a [u8] {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let (data, rest) = bytes.split_at(bytes.len().min(size));
        *bytes = rest;
        self.size -= data.len() as u64;
        if self.size == 0 {
            self.step = Step::DataCr;
        }
        data
    }

    fn take_byte(&mut self, byte: u8) -> Result<Step, Failure> {
        match (self.step, byte) {
            (Step::FirstDigit | Step::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.take_digit(byte)?;
                Ok(Step::Size)
            }
            (Step::Size | Step::Space, b' ' | b'\t') => Ok(Step::Space),
            (Step::Size | Step::Space, b';') => Ok(Step::Extension),
            (Step::Size | Step::Space | Step::Extension, b'\r') => Ok(Step::SizeLf),
            (Step::Extension, byte) if byte != b'\n' => {
                self.extensions += 1;
                if self.extensions >= EXTENSIONS_LIMIT {
                    return Err(invalid("chunk extensions over limit"));
                }
                Ok(Step::Extension)
            }
            (Step::SizeLf, b'\n') if self.size == 0 => Ok(Step::LineStart),
            (Step::SizeLf, b'\n') => Ok(Step::Data),
            (Step::DataCr, b'\r') => Ok(Step::DataLf),
            (Step::DataLf, b'\n') => Ok(Step::FirstDigit),
            (Step::LineStart, b'\r') => {
                if !self.trailers.is_empty() {
                    self.take_trailer(byte)?;
                }
                Ok(Step::EndLf)
            }
            (Step::LineStart | Step::Trailer, byte) => {
                self.take_trailer(byte)?;
                Ok(match byte {
                    b'\r' => Step::TrailerLf,
                    _ => Step::Trailer,
                })
            }
            (Step::TrailerLf, b'\n') => {
                self.trailer_lines += 1;
                if self.trailer_lines > MAX_HEADERS {
                    return Err(invalid("too many trailers"));
                }
                self.take_trailer(byte)?;
                Ok(Step::LineStart)
            }
            (Step::EndLf, b'\n') => {
                self.check_trailers()?;
                Ok(Step::End)
            }
            (Step::TrailerLf | Step::EndLf, _) => Err(invalid("invalid end of a trailer")),
            (Step::DataCr | Step::DataLf, _) => Err(invalid("invalid end of a chunk")),
            _ => Err(invalid("invalid chunk size")),
        }
    }

    fn take_digit(&mut self, byte: u8) -> Result<(), Failure> {
        let digit = char::from(byte).to_digit(16).unwrap_or_default();
        let size = self.size.checked_mul(16);
        let size = size.and_then(|size| size.checked_add(digit.into()));
        self.size = size.ok_or_else(|| invalid("invalid chunk size"))?;
        Ok(())
    }

    fn take_trailer(&mut self, byte: u8) -> Result<(), Failure> {
        append(&mut self.trailers, &[byte]);
        if self.trailers.len() >= TRAILERS_LIMIT {
            return Err(invalid("trailers over limit"));
        }
        Ok(())
    }

    /// Trailers are dropped, but have to be valid: if they are not, the end of the
    /// body is in doubt.
    fn check_trailers(&mut self) -> Result<(), Failure> {
        if self.trailers.is_empty() {
            return Ok(());
        }
        self.take_trailer(b'\n')?;
        let mut headers = vec![httparse::EMPTY_HEADER; self.trailer_lines];
        match httparse::parse_headers(&self.trailers, &mut headers) {
            Ok(httparse::Status::Complete(_)) => Ok(()),
            Ok(httparse::Status::Partial) => Err(invalid("incomplete trailer")),
            Err(error) => Err(invalid(error.to_string())),
        }
    }
}
