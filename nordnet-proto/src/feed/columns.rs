//! The compact form of a tick: plain slots and two masks.

use super::change::Change;
use crate::decimal::Decimal;
use crate::time::Timestamp;

/// Which members stand on the wire, by their bit.
///
/// Smaller than an option for each member, and absent stays apart from `null`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Presence {
    set: u32,
    cleared: u32,
}

impl Presence {
    /// Notes a member; whether it has a value.
    pub(super) fn note(&mut self, bit: usize, json: &str) -> bool {
        let has_value = json != "null";
        let mask = if has_value {
            &mut self.set
        } else {
            &mut self.cleared
        };
        *mask |= 1 << (bit & 31);
        has_value
    }

    pub(super) fn change<T>(self, bit: usize, value: T) -> Change<T> {
        let mask = 1_u32 << (bit & 31);
        if self.set & mask != 0 {
            Change::Set(value)
        } else if self.cleared & mask != 0 {
            Change::Cleared
        } else {
            Change::Unchanged
        }
    }

    pub(super) fn timestamp(self, bit: usize, millis: i64) -> Change<Timestamp> {
        self.change(bit, Timestamp::from_millis(millis))
    }
}

/// Puts a decimal into its slots. A slot out of range is left alone; the
/// tables of names leave none.
pub(super) fn put(mantissas: &mut [i64], scales: &mut [u8], slot: usize, number: Decimal) {
    if let (Some(mantissa), Some(scale)) = (mantissas.get_mut(slot), scales.get_mut(slot)) {
        *mantissa = number.mantissa();
        *scale = number.scale();
    }
}

pub(super) fn get(mantissas: &[i64], scales: &[u8], slot: usize) -> Decimal {
    match (mantissas.get(slot), scales.get(slot)) {
        (Some(&mantissa), Some(&scale)) => Decimal::new(mantissa, scale),
        _ => Decimal::ZERO,
    }
}

/// Shows the members that stand on the wire, and no others.
macro_rules! debug_changes {
    ($tick:ident, $f:ident, $name:literal, $id:ident, [$($member:ident)+]) => {{
        let mut shown = $f.debug_struct($name);
        shown.field(stringify!($id), &format_args!("{}", $tick.$id()));
        shown.field("full", &$tick.is_full());
        $(
            if $tick.$member().is_change() {
                shown.field(stringify!($member), &$tick.$member());
            }
        )+
        shown.finish()
    }};
}

pub(super) use debug_changes;
