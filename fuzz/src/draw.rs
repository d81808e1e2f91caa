//! Decisions out of the bytes of a fuzzer.

/// Takes bytes from the front; zero when there are none left.
pub(crate) struct Draw<'a>(pub(crate) &'a [u8]);

impl<'a> Draw<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    pub(crate) fn number(&mut self) -> u64 {
        let mut number = 0;
        for byte in self.take(8) {
            number = number << 8 | u64::from(*byte);
        }
        number
    }

    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: u8) -> u8 {
        self.byte() % limit
    }

    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A text of up to 63 bytes, whose length comes first.
    pub(crate) fn text(&mut self) -> String {
        let length = usize::from(self.byte() & 63);
        String::from_utf8_lossy(self.take(length)).into_owned()
    }
}

/// Numbers from one number (SplitMix64: small, fast, and the same everywhere), for what a
/// fuzzer does not control.
#[derive(Clone)]
pub(crate) struct Sequence(pub(crate) u64);

impl Sequence {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
