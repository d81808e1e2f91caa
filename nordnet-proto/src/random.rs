//! Pseudo-random numbers from the seed that the driver gives.

/// A seeded generator (SplitMix64) for jitter and for unique references.
///
/// Not for keys: nothing cryptographic is drawn from it.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: [u8; 16]) -> Self {
        let seed = u128::from_le_bytes(seed);
        let mut random = Self(seed as u64);
        random.0 = random.next() ^ ((seed >> 64) as u64);
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A generator of its own for a part of the machine.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// A number from zero to `limit`, both included.
    pub(crate) fn up_to(&mut self, limit: u64) -> u64 {
        let range = u128::from(limit) + 1;
        ((u128::from(self.next()) * range) >> 64) as u64
    }
}

/// Shows nothing: who knows the state knows the references to come.
impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random(..)")
    }
}
