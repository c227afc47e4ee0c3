//! The chunked coding (RFC 9112, 7.1), undone as it comes.

use bytes::Bytes;

use crate::ErrorKind;
use crate::error::Failure;

/// The most that a body may have of extensions and trailers, which are passed over.
const MAX_ASIDES: usize = 16 * 1024;

pub(super) struct Chunked {
    state: State,
    body: Vec<u8>,
    limit: usize,
    asides: usize,
}

#[derive(Clone, Copy)]
enum State {
    /// In a chunk's size, after so many digits.
    Size(u64, u8),
    /// In white space after the size.
    Space(u64),
    /// Between size and line break.
    Extension(u64),
    SizeLf(u64),
    /// So many bytes of the chunk are missing.
    Data(u64),
    DataCr,
    DataLf,
    /// At the beginning of a line after the last chunk.
    Trailer,
    TrailerLine,
    TrailerLf,
    EndLf,
    End,
}

impl Chunked {
    /// For a body of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { state: State::Size(0, 0), body: Vec::new(), limit, asides: 0 }
    }

    /// Takes of what has come as much as belongs to the body, and tells how much.
    pub(super) fn take(&mut self, input: &[u8]) -> Result<usize, Failure> {
        let mut left = input;
        while let Some((&byte, after)) = left.split_first()
            && !self.is_at_end()
        {
            if let State::Data(missing) = self.state {
                let here = left.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
                let (data, after) = left.split_at(here);
                self.body.extend_from_slice(data);
                left = after;
                self.state = match missing - here as u64 {
                    0 => State::DataCr,
                    missing => State::Data(missing),
                };
            } else {
                self.state = self.step(byte)?;
                left = after;
            }
        }
        Ok(input.len() - left.len())
    }

    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.state, State::End)
    }

    pub(super) fn into_body(self) -> Bytes {
        self.body.into()
    }

    fn step(&mut self, byte: u8) -> Result<State, Failure> {
        Ok(match (self.state, byte) {
            (State::Size(size, digits @ ..16), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                State::Size(size << 4 | u64::from(digit), digits + 1)
            }
            (State::Size(size, 1..) | State::Space(size), b'\r') => State::SizeLf(size),
            (State::Size(size, 1..) | State::Space(size), b';') => State::Extension(size),
            (State::Size(size, 1..) | State::Space(size), b' ' | b'\t') => self.aside(State::Space(size))?,
            (State::Extension(size), b'\r') => State::SizeLf(size),
            (State::Extension(size), byte) if byte != b'\n' => self.aside(State::Extension(size))?,
            (State::SizeLf(0), b'\n') => State::Trailer,
            (State::SizeLf(size), b'\n') => {
                // Before a byte of it is kept.
                let room = (self.limit - self.body.len()) as u64;
                if size > room {
                    return Err(ErrorKind::ResponseTooLarge.into());
                }
                State::Data(size)
            }
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size(0, 0),
            (State::Trailer, b'\r') => State::EndLf,
            (State::Trailer | State::TrailerLine, byte) if !matches!(byte, b'\r' | b'\n') => {
                self.aside(State::TrailerLine)?
            }
            (State::TrailerLine, b'\r') => State::TrailerLf,
            (State::TrailerLf, b'\n') => State::Trailer,
            (State::EndLf, b'\n') => State::End,
            _ => return Err(Failure::new(ErrorKind::Protocol, "the response's chunks are malformed")),
        })
    }

    fn aside(&mut self, next: State) -> Result<State, Failure> {
        self.asides += 1;
        if self.asides > MAX_ASIDES {
            return Err(Failure::new(ErrorKind::Protocol, "the response has too much between its chunks"));
        }
        Ok(next)
    }
}
