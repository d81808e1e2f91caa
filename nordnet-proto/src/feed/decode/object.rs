//! The data of a tick, member by member, in one pass.

use super::super::members::{self, Members};
use super::super::slots::{IDS, Id, Slots, Tick, ValueKind};
use super::keys;
use super::number::Number;
use super::scan::Scanner;
use super::skip;
use crate::id::{Identifier, Inline};

/// Reads the members of an object whose brace has been passed into an empty
/// tick; the place behind its other brace. Loosely means that white space may
/// stand anywhere.
///
/// The tick is filled where it stands, since moving one costs as much as
/// reading a member.
///
/// Nothing if there is any doubt: a member twice, a value of the wrong kind or
/// out of range, a missing id, an escaped name, or no JSON.
#[inline(never)]
pub(super) fn read<T: Tick, const LOOSE: bool>(
    scanner: &Scanner<'_>,
    begin: u32,
    tick: &mut T,
) -> Option<u32> {
    let slots = tick.slots();
    // A member twice makes the sum of the bits differ from their union.
    let (mut seen, mut null) = (0_u64, 0_u64);
    let mut at = begin;
    if !LOOSE {
        (at, seen) = head::<T>(scanner, begin, slots);
    }
    let mut sum = seen;
    loop {
        let (member, value) = keys::find::<T, LOOSE>(scanner, space::<LOOSE>(scanner, at))?;
        at = space::<LOOSE>(scanner, value);
        let next;
        if let Some(member) = member {
            let slot = usize::from(member.slot);
            seen |= member.bit;
            sum = sum.wrapping_add(member.bit);
            // Tested one by one: most members are decimals.
            let value = if member.kind == ValueKind::Decimal {
                match Number::read(scanner, at) {
                    Some(number) => {
                        slots.put_decimal(slot, number.mantissa, number.scale);
                        if number.next == b',' {
                            at = number.after + 1;
                            continue;
                        }
                        Some((number.after, number.next))
                    }
                    None => None,
                }
            } else if member.kind.is_text() {
                put_text(scanner, at, slots, member.kind, slot)
                    .map(|after| (after, scanner.byte(after)))
            } else {
                Number::read(scanner, at).and_then(|number| {
                    put_whole(slots, member.kind, slot, number)?;
                    Some((number.after, number.next))
                })
            };
            (at, next) = match value {
                Some(value) => value,
                None => {
                    null |= member.bit;
                    null_at(scanner, at)?
                }
            };
        } else if let Some(number) = Number::read(scanner, at) {
            // What nobody asked for is a number more often than not.
            (at, next) = (number.after, number.next);
        } else {
            at = skip::value(scanner, at)?;
            next = scanner.byte(at);
        }
        let next = match next {
            ..=b' ' if LOOSE => {
                at = scanner.skip_space(at);
                scanner.byte(at)
            }
            next => next,
        };
        at += 1;
        match next {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    let required = (1 << <T as Members>::REQUIRED) - 1;
    if seen != sum || seen & !null & required != required {
        return None;
    }
    tick.finish(seen, null);
    Some(at)
}

/// Reads the ids and the time of the tick if they come first and have nothing
/// unusual, which saves the search for their names. How far that goes, and the
/// bits of the members.
#[inline(always)]
fn head<T: Tick>(scanner: &Scanner<'_>, begin: u32, slots: &mut T::Slots) -> (u32, u64) {
    const FIVE: u64 = (1 << 40) - 1;
    let begins = |at, text: &[u8; 8]| (scanner.word(at) ^ u64::from_le_bytes(*text)) & FIVE == 0;
    if <<T::Slots as Slots>::Id as Id>::MARKET_IS_TEXT || !begins(begin, b"\"i\":\"---") {
        return (begin, 0);
    }
    let Some((word, length, market)) = scanner.short_text(begin + 5) else {
        return (begin, 0);
    };
    if !begins(market, b",\"m\":---") {
        return (begin, 0);
    }
    let Some(number) = Number::read_small(scanner, market + 5) else {
        return (begin, 0);
    };
    *slots.id().identifier() = Identifier::from_word(word, length);
    slots.id().put_market_number(number.mantissa);
    let (at, seen) = (number.after + 1, (1 << IDS) - 1);
    let Some(member) = (const { place_of(T::NAMES, b"tick_timestamp") }) else {
        return (at, seen);
    };
    if scanner.word(at) != u64::from_le_bytes(*b"\"tick_ti")
        || scanner.word(at + 8) != u64::from_le_bytes(*b"mestamp\"")
        || scanner.byte(at + 16) != b':'
    {
        return (at, seen);
    }
    match Number::read_time(scanner, at + 17) {
        Some(time)
            if time.next == b','
                && slots
                    .put_integer(member - IDS - T::TEXTS, time.mantissa)
                    .is_ok() =>
        {
            (time.after + 1, seen | 1 << member)
        }
        _ => (at, seen),
    }
}

const fn place_of(names: &[&str], name: &[u8]) -> Option<usize> {
    let mut place = 0;
    while place < names.len() {
        if names[place].as_bytes().eq_ignore_ascii_case(name) {
            return Some(place);
        }
        place += 1;
    }
    None
}

#[inline(always)]
fn space<const LOOSE: bool>(scanner: &Scanner<'_>, at: u32) -> u32 {
    if LOOSE { scanner.skip_space(at) } else { at }
}

/// The place behind a `null`, and the byte there.
#[cold]
fn null_at(scanner: &Scanner<'_>, at: u32) -> Option<(u32, u8)> {
    let is_null = scanner.starts_with(at, b"null");
    is_null.then(|| (at + 4, scanner.byte(at + 4)))
}

/// Takes a number that may have no fraction, however it is written.
#[inline(always)]
fn put_whole<S: Slots>(slots: &mut S, kind: ValueKind, slot: usize, number: Number) -> Option<()> {
    let whole = if number.scale == 0 {
        number.mantissa
    } else {
        number.without_fraction()?
    };
    if kind == ValueKind::Integer {
        slots.put_integer(slot, whole).ok()
    } else {
        slots.id().put_market_number(whole);
        Some(())
    }
}

/// Takes a text where it belongs; the place behind it.
#[inline(always)]
fn put_text<S: Slots>(
    scanner: &Scanner<'_>,
    at: u32,
    slots: &mut S,
    kind: ValueKind,
    slot: usize,
) -> Option<u32> {
    if scanner.byte(at) != b'"' {
        return None;
    }
    let Some((word, length, after)) = scanner.short_text(at + 1) else {
        return put_long_text(scanner, at, slots, kind, slot);
    };
    match kind {
        ValueKind::Text => slots.put_text(slot, Inline::from_word(word, length)),
        ValueKind::Identifier => *slots.id().identifier() = Identifier::from_word(word, length),
        _ => return put_long_text(scanner, at, slots, kind, slot),
    }
    Some(after)
}

/// The same for any text. One with escapes is read as the slowest tier reads
/// it.
#[inline(never)]
fn put_long_text<S: Slots>(
    scanner: &Scanner<'_>,
    at: u32,
    slots: &mut S,
    kind: ValueKind,
    slot: usize,
) -> Option<u32> {
    let text = scanner.text(at + 1)?;
    let unescaped;
    let content = if text.is_escaped {
        let json = std::str::from_utf8(scanner.between(at, text.after)?).ok()?;
        unescaped = members::text(json).ok()?;
        &unescaped
    } else {
        text.content
    };
    match kind {
        ValueKind::Text => slots.put_text(slot, Inline::new(content)),
        ValueKind::Identifier => *slots.id().identifier() = Identifier::new(content),
        _ => slots.id().put_market_text(content),
    }
    Some(text.after)
}
