//! The compact form of a tick: plain slots and two masks.
//!
//! Smaller than an option for each member; absent stays apart from `null`; and
//! what a tick says can be walked by the bits of its masks.

mod numbers;

use super::change::Change;
use super::command::IndicatorId;
use super::members::{self, Members};
use crate::decimal::Decimal;
use crate::id::{Identifier, IndicatorMarket, Inline, MarketId, TradableId};
use crate::time::Timestamp;

/// A message that has an identifier, a market, and then any of a fixed set of
/// members: texts, integers and decimals.
pub(super) trait Tick: Sized {
    /// The names of the members: `i`, `m`, the texts, the integers, the
    /// decimals.
    const NAMES: &'static [&'static str];
    const TEXTS: usize;
    const INTEGERS: usize;
    /// Whether `null` says that a value is gone, rather than nothing.
    const HAS_CLEARED: bool = true;
    type Slots: Slots;

    fn empty() -> Self;
    fn slots(&mut self) -> &mut Self::Slots;
}

/// How many names stand before the members that have a bit.
pub(super) const IDS: usize = 2;

/// Where a tick keeps its members. A slot out of range is left alone; the names
/// leave none.
pub(super) trait Slots {
    type Id: Id;

    fn id(&mut self) -> &mut Self::Id;
    fn put_text(&mut self, slot: usize, text: Inline<22>);
    fn put_integer(&mut self, slot: usize, number: i64) -> Result<(), &'static str>;
    fn put_decimal(&mut self, slot: usize, mantissa: i64, scale: u8);
    fn presence(&mut self) -> &mut Presence;
}

/// What a tick is about: `i`, which is a text, and `m`, which is either.
pub(crate) trait Id {
    const MARKET_IS_TEXT: bool;

    fn none() -> Self;
    fn identifier(&mut self) -> &mut Identifier;
    fn put_market_number(&mut self, _: i64) {}
    fn put_market_text(&mut self, _: &str) {}
}

/// What kind of a value a member has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Decimal,
    Integer,
    Text,
    Identifier,
    MarketNumber,
    MarketText,
}

impl ValueKind {
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Identifier | Self::MarketText)
    }
}

/// The kind of the value of the member at this place among the names, and its slot.
pub(super) const fn value_kind(
    place: usize,
    texts: usize,
    integers: usize,
    market_is_text: bool,
) -> (ValueKind, usize) {
    match place {
        0 => (ValueKind::Identifier, 0),
        1 if market_is_text => (ValueKind::MarketText, 0),
        1 => (ValueKind::MarketNumber, 0),
        _ => {
            let slot = place - IDS;
            if slot < texts {
                (ValueKind::Text, slot)
            } else if slot < texts + integers {
                (ValueKind::Integer, slot - texts)
            } else {
                (ValueKind::Decimal, slot - texts - integers)
            }
        }
    }
}

impl<T: Tick> Members for T {
    const NAMES: &'static [&'static str] = T::NAMES;
    const REQUIRED: usize = IDS;

    fn empty() -> Self {
        T::empty()
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        if json == "null" && member >= IDS {
            return Ok(());
        }
        let market_is_text = <<T::Slots as Slots>::Id as Id>::MARKET_IS_TEXT;
        let (kind, slot) = value_kind(member, T::TEXTS, T::INTEGERS, market_is_text);
        let slots = self.slots();
        match kind {
            ValueKind::Identifier => {
                *slots.id().identifier() = Identifier::new(members::text(json)?);
            }
            ValueKind::MarketNumber => slots.id().put_market_number(members::integer(json)?),
            ValueKind::MarketText => slots.id().put_market_text(&members::text(json)?),
            ValueKind::Text => slots.put_text(slot, Inline::new(&members::text(json)?)),
            ValueKind::Integer => slots.put_integer(slot, members::integer(json)?)?,
            ValueKind::Decimal => {
                let number = members::decimal(json)?;
                slots.put_decimal(slot, number.mantissa(), number.scale());
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn finish(&mut self, seen: u64, null: u64) {
        const {
            let bits = FULL.trailing_zeros() as usize;
            assert!(T::NAMES.len() <= IDS + bits, "a member has the bit of FULL");
        }
        let cleared = if T::HAS_CLEARED { null } else { 0 };
        *self.slots().presence() = Presence {
            set: ((seen & !null) >> IDS) as u32,
            cleared: (cleared >> IDS) as u32,
        };
    }
}

/// Which members stand on the wire, by their bit: the place of the name behind
/// the ids. The highest bit tells a full tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Presence {
    set: u32,
    cleared: u32,
}

const FULL: u32 = 1 << 31;

impl Presence {
    /// The members that have a value.
    pub(crate) const fn set(self) -> u32 {
        self.set & !FULL
    }

    /// The members that lost theirs.
    pub(crate) const fn cleared(self) -> u32 {
        self.cleared
    }

    pub(super) const fn is_full(self) -> bool {
        self.set & FULL != 0
    }

    pub(super) const fn mark_full(&mut self) {
        self.set |= FULL;
    }

    #[inline]
    pub(super) fn change<T>(self, bit: usize, value: T) -> Change<T> {
        let mask = 1_u32 << (bit & 31);
        if (self.set | self.cleared) & mask == 0 {
            Change::Unchanged
        } else if self.set & mask != 0 {
            Change::Set(value)
        } else {
            Change::Cleared
        }
    }
}

/// The slots of most ticks, as many of each kind.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TickSlots<I, const TEXTS: usize, const INTEGERS: usize, const DECIMALS: usize> {
    pub(super) id: I,
    texts: [Inline<22>; TEXTS],
    integers: [i64; INTEGERS],
    mantissas: [i64; DECIMALS],
    scales: [u8; DECIMALS],
    pub(super) presence: Presence,
}

impl<I, const T: usize, const N: usize, const D: usize> TickSlots<I, T, N, D> {
    /// Which integers and decimals there are, and their slots, for merging.
    #[inline]
    pub(crate) const fn parts(&self) -> (Presence, &[i64; N], &[i64; D], &[u8; D]) {
        (self.presence, &self.integers, &self.mantissas, &self.scales)
    }
}

impl<I: Id, const T: usize, const N: usize, const D: usize> TickSlots<I, T, N, D> {
    #[inline(always)]
    pub(super) fn empty() -> Self {
        Self {
            id: I::none(),
            texts: [const { Inline::EMPTY }; T],
            integers: [0; N],
            mantissas: [0; D],
            scales: [0; D],
            presence: Presence::default(),
        }
    }

    #[inline]
    pub(super) fn text(&self, slot: usize) -> Change<&str> {
        let text = self.texts.get(slot).map_or("", Inline::as_str);
        self.presence.change(slot, text)
    }

    #[inline]
    pub(super) fn integer(&self, slot: usize) -> Change<i64> {
        let number = self.integers.get(slot).copied().unwrap_or_default();
        self.presence.change(T + slot, number)
    }

    #[inline]
    pub(super) fn timestamp(&self, slot: usize) -> Change<Timestamp> {
        self.integer(slot).map(Timestamp::from_millis)
    }

    #[inline]
    pub(super) fn decimal(&self, slot: usize) -> Change<Decimal> {
        let number = match (self.mantissas.get(slot), self.scales.get(slot)) {
            (Some(&mantissa), Some(&scale)) => Decimal::from_parts(mantissa, scale),
            _ => Decimal::ZERO,
        };
        self.presence.change(T + N + slot, number)
    }
}

impl<I: Id, const T: usize, const N: usize, const D: usize> Slots for TickSlots<I, T, N, D> {
    type Id = I;

    #[inline(always)]
    fn id(&mut self) -> &mut I {
        &mut self.id
    }

    #[inline(always)]
    fn put_text(&mut self, slot: usize, text: Inline<22>) {
        if let Some(kept) = self.texts.get_mut(slot) {
            *kept = text;
        }
    }

    #[inline(always)]
    fn put_integer(&mut self, slot: usize, number: i64) -> Result<(), &'static str> {
        if let Some(kept) = self.integers.get_mut(slot) {
            *kept = number;
        }
        Ok(())
    }

    #[inline(always)]
    fn put_decimal(&mut self, slot: usize, mantissa: i64, scale: u8) {
        if slot < D {
            self.mantissas[slot] = mantissa;
            self.scales[slot] = scale;
        }
    }

    #[inline(always)]
    fn presence(&mut self) -> &mut Presence {
        &mut self.presence
    }
}

impl Id for TradableId {
    const MARKET_IS_TEXT: bool = false;

    #[inline(always)]
    fn none() -> Self {
        Self {
            market: MarketId::new(0),
            identifier: Identifier::EMPTY,
        }
    }

    #[inline(always)]
    fn identifier(&mut self) -> &mut Identifier {
        &mut self.identifier
    }

    #[inline(always)]
    fn put_market_number(&mut self, number: i64) {
        self.market = MarketId::new(number);
    }
}

impl Id for IndicatorId {
    const MARKET_IS_TEXT: bool = true;

    fn none() -> Self {
        Self::new("", "")
    }

    fn identifier(&mut self) -> &mut Identifier {
        &mut self.identifier
    }

    fn put_market_text(&mut self, text: &str) {
        self.market = IndicatorMarket::new(text);
    }
}

/// Gives a tick the methods that all of them have, and those of its decimals.
macro_rules! tick_methods {
    ($tick:ident: $( $(#[$doc:meta])* $name:ident: $Number:ident = $slot:literal, )*) => {
        // The names of the members tell the slots by their order.
        const _: () = {
            let slots: &[usize] = &[$($slot),*];
            let mut place = 0;
            while place < slots.len() {
                assert!(slots[place] == place);
                place += 1;
            }
        };

        impl $tick {
            /// Whether the tick tells all there is, so that what it does not name has
            /// no value.
            #[must_use]
            pub const fn is_full(&self) -> bool {
                self.0.presence.is_full()
            }

            /// The same tick, marked as the first after a subscription.
            #[must_use]
            pub fn into_full(mut self) -> Self {
                self.mark_full();
                self
            }

            pub(super) const fn mark_full(&mut self) {
                self.0.presence.mark_full();
            }

            $(
                $(#[$doc])*
                #[must_use]
                #[inline]
                pub fn $name(&self) -> Change<$Number> {
                    $crate::feed::number!($Number, self.0.decimal($slot))
                }
            )*
        }
    };
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

pub(super) use self::numbers::names;
pub(crate) use self::numbers::{index_numbers, number, price_numbers};
pub(super) use {debug_changes, tick_methods};
