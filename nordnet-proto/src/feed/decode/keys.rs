//! Which member a name is: by a hash of its first bytes, proven by a comparison
//! of all of them.
//!
//! A name is taken with its quotation marks and its colon, as `"bid":`. Where
//! it ends is not searched: how many of the first bytes are sure to belong to
//! it goes by its first letter, `"bid":` and `"bid_v` where there is a
//! `bid_volume`. Names that these bytes do not tell apart share a place, and
//! one byte further on leads from there to each of them. The tables are worked
//! out when the program is built, which fails if a name has no place.

use std::marker::PhantomData;

use super::super::slots::{Id, Slots, Tick, ValueKind, value_kind};
use super::scan::Scanner;

/// A known member, or a place where several meet.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// The first eight bytes of `"name":`, those from the ninth on, and the last
    /// eight.
    first: u64,
    middle: u64,
    last: u64,
    /// Which of the first eight bytes there are.
    mask: u64,
    /// The bit of its place among the names.
    pub(super) bit: u64,
    /// The length of `"name":`.
    length: u32,
    pub(super) kind: ValueKind,
    pub(super) slot: u8,
    meeting: Meeting,
}

/// How the byte at an offset leads to one of eight members; those from the one
/// with this number on, if it is not zero.
#[derive(Clone, Copy)]
struct Meeting {
    members: u8,
    offset: u8,
    shift: u8,
}

/// The known members of one tick.
struct Keys {
    factor: u64,
    /// The bytes that are sure to belong to a name, by the low five bits of
    /// its first letter.
    masks: [u64; 32],
    /// Members by their hash; behind these eight for each meeting.
    members: [Member; MEMBERS],
}

const BITS: u32 = 6;
const HASHED: usize = 1 << BITS;
const MEMBERS: usize = 2 * HASHED;

struct Table<T>(PhantomData<T>);

impl<T: Tick> Table<T> {
    const KEYS: &'static Keys = &Keys::new(
        T::NAMES,
        T::TEXTS,
        T::INTEGERS,
        <<T::Slots as Slots>::Id as Id>::MARKET_IS_TEXT,
    );
}

/// Reads the name of a member and its colon. The member, or nothing if its name
/// is not known, and the place behind the colon.
#[inline(always)]
pub(super) fn find<T: Tick, const LOOSE: bool>(
    scanner: &Scanner<'_>,
    at: u32,
) -> Option<(Option<&'static Member>, u32)> {
    let keys = Table::<T>::KEYS;
    let first = scanner.word(at);
    let member = &keys.members[hash(keys.factor, first & keys.mask(first))];
    if member.is_at(scanner, at, first) {
        return Some((Some(member), at + member.length));
    }
    if member.meeting.members != 0 {
        let byte = scanner.byte(at + u32::from(member.meeting.offset));
        let member = &keys.members[member.meeting.lead(byte)];
        if member.is_at(scanner, at, first) {
            return Some((Some(member), at + member.length));
        }
    }
    // A known name with its colon next to it would have been found.
    if let Some(colon) = short_name(scanner, at) {
        return Some((None, colon + 1));
    }
    find_slowly::<T, LOOSE>(scanner, at)
}

/// The place of the colon right behind a name of up to eight plain characters.
#[inline(always)]
fn short_name(scanner: &Scanner<'_>, at: u32) -> Option<u32> {
    let (_, _, colon) = scanner.short_text(at + 1)?;
    (scanner.byte(at) == b'"' && scanner.byte(colon) == b':').then_some(colon)
}

/// The same for an unknown name, or one with white space behind it.
#[inline(never)]
fn find_slowly<T: Tick, const LOOSE: bool>(
    scanner: &Scanner<'_>,
    at: u32,
) -> Option<(Option<&'static Member>, u32)> {
    if scanner.byte(at) != b'"' {
        return None;
    }
    let name = scanner.text(at + 1)?;
    if name.is_escaped {
        return None;
    }
    if scanner.byte(name.after) == b':' {
        return Some((None, name.after + 1));
    }
    let colon = scanner.skip_space(name.after);
    if !LOOSE || scanner.byte(colon) != b':' {
        return None;
    }
    let place = T::NAMES.iter().position(|known| *known == name.content);
    let member = place.and_then(|place| {
        let mut members = Table::<T>::KEYS.members.iter();
        members.find(|member| member.bit == 1 << place)
    });
    Some((member, colon + 1))
}

impl Member {
    #[inline(always)]
    fn is_at(&self, scanner: &Scanner<'_>, at: u32, first: u64) -> bool {
        first & self.mask == self.first
            && (self.length <= 8
                || scanner.word(at + self.length - 8) == self.last
                    && (self.length <= 16 || scanner.word(at + 8) == self.middle))
    }

    const fn new(name: &[u8], place: usize, kind: ValueKind, slot: usize) -> Self {
        let length = name.len() + 3;
        assert!(length <= 24, "three words hold a name");
        let mut member = Self {
            bit: 1 << place,
            length: length as u32,
            kind,
            slot: slot as u8,
            mask: bytes(length),
            first: 0,
            ..Self::NONE
        };
        let mut at = 0;
        while at < length {
            let byte = byte_of(name, at) as u64;
            if at < 8 {
                member.first |= byte << (8 * at);
            } else if at < 16 {
                member.middle |= byte << (8 * (at - 8));
            }
            if length > 8 && at >= length - 8 {
                member.last |= byte << (8 * (at + 8 - length));
            }
            at += 1;
        }
        member
    }

    /// Equals no name: nothing that is masked by nothing is one.
    const NONE: Self = Self {
        first: 1,
        middle: 0,
        last: 0,
        mask: 0,
        bit: 0,
        length: 0,
        kind: ValueKind::Decimal,
        slot: 0,
        meeting: Meeting {
            members: 0,
            offset: 0,
            shift: 0,
        },
    };
}

impl Meeting {
    #[inline(always)]
    const fn lead(self, byte: u8) -> usize {
        (self.members as usize + (byte >> (self.shift & 7) & 7) as usize) % MEMBERS
    }

    /// Searches a byte, within all names, that differs from name to name.
    #[expect(clippy::panic, reason = "it stops the build, not a program")]
    const fn search(names: &[&str], meet: u64, members: usize) -> Self {
        let mut offset = 1;
        while offset < 24 {
            let mut shift = 0;
            while shift < 6 {
                let meeting = Self {
                    members: members as u8,
                    offset: offset as u8,
                    shift,
                };
                let (mut taken, mut is_clear) = (0_u8, true);
                let mut place = 0;
                while place < names.len() {
                    if meet >> place & 1 == 1 {
                        let name = names[place].as_bytes();
                        is_clear = is_clear && offset < name.len() + 3;
                        if is_clear {
                            let bit = 1 << (meeting.lead(byte_of(name, offset)) - members);
                            is_clear = taken & bit == 0;
                            taken |= bit;
                        }
                    }
                    place += 1;
                }
                if is_clear {
                    return meeting;
                }
                shift += 1;
            }
            offset += 1;
        }
        panic!("no byte tells these names apart")
    }
}

impl Keys {
    #[inline(always)]
    const fn mask(&self, first: u64) -> u64 {
        self.masks[(first >> 8 & 31) as usize]
    }

    const fn new(names: &[&str], texts: usize, integers: usize, market_is_text: bool) -> Self {
        let mut keys = Self {
            factor: 0x9e37_79b9_7f4a_7c15,
            masks: [bytes(8); 32],
            members: [Member::NONE; MEMBERS],
        };
        let mut known = [Member::NONE; 64];
        let mut place = 0;
        while place < names.len() {
            let (kind, slot) = value_kind(place, texts, integers, market_is_text);
            known[place] = Member::new(names[place].as_bytes(), place, kind, slot);
            let letter = (known[place].first >> 8 & 31) as usize;
            keys.masks[letter] &= known[place].mask;
            place += 1;
        }
        // For each hash the members that have it.
        let mut hashed = [0_u64; HASHED];
        'search: loop {
            let mut words = [0; HASHED];
            let mut place = 0;
            while place < names.len() {
                let word = known[place].first & keys.mask(known[place].first);
                let hash = hash(keys.factor, word);
                if hashed[hash] != 0 && words[hash] != word {
                    let factor = keys.factor.wrapping_mul(0x5851_f42d_4c95_7f2d);
                    keys.factor = factor.wrapping_add(2);
                    hashed = [0; HASHED];
                    continue 'search;
                }
                words[hash] = word;
                hashed[hash] |= 1 << place;
                place += 1;
            }
            break;
        }
        let (mut hash, mut next) = (0, HASHED);
        while hash < HASHED {
            let meet = hashed[hash];
            if meet.count_ones() == 1 {
                keys.members[hash] = known[meet.trailing_zeros() as usize];
            } else if meet != 0 {
                let meeting = Meeting::search(names, meet, next);
                keys.members[hash].meeting = meeting;
                let mut place = 0;
                while place < names.len() {
                    if meet >> place & 1 == 1 {
                        let byte = byte_of(names[place].as_bytes(), meeting.offset as usize);
                        keys.members[meeting.lead(byte)] = known[place];
                    }
                    place += 1;
                }
                next += 8;
            }
            hash += 1;
        }
        keys
    }
}

#[inline(always)]
const fn hash(factor: u64, word: u64) -> usize {
    (word.wrapping_mul(factor) >> (64 - BITS)) as usize
}

/// A byte of `"name":`.
const fn byte_of(name: &[u8], at: usize) -> u8 {
    if at == 0 || at == name.len() + 1 {
        b'"'
    } else if at == name.len() + 2 {
        b':'
    } else {
        name[at - 1]
    }
}

/// The mask of the first so many bytes of a word.
const fn bytes(count: usize) -> u64 {
    if count >= 8 {
        u64::MAX
    } else {
        (1 << (8 * count)) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::depth::DepthTick;
    use super::super::super::tick::{IndicatorTick, PriceTick};
    use super::super::super::trade::{PublicTrade, TradingStatus};
    use super::*;

    fn find_in<T: Tick>(text: &str) -> Option<(Option<&'static str>, u32)> {
        let line = format!("{text}        ");
        let scanner = Scanner::new(line.as_bytes()).unwrap();
        let (member, value) = find::<T, true>(&scanner, 0)?;
        Some((
            member.map(|it| T::NAMES[it.bit.trailing_zeros() as usize]),
            value,
        ))
    }

    fn check<T: Tick>() {
        for name in T::NAMES {
            for (text, value) in [
                (format!("\"{name}\":"), name.len() + 3),
                (format!("\"{name}\" :"), name.len() + 4),
                (format!("\"{name}\":\"{name}\":"), name.len() + 3),
            ] {
                assert_eq!(
                    find_in::<T>(&text),
                    Some((Some(*name), value as u32)),
                    "{text}"
                );
            }
            for unknown in [
                format!("{name}x"),
                format!("x{name}"),
                format!("{name}:"),
                format!("{name}\u{e5}"),
                name[1..].to_owned(),
                name[..name.len() - 1].to_owned(),
                name.to_uppercase(),
                "id".to_owned(),
                String::new(),
                "x".repeat(100),
            ] {
                if T::NAMES.contains(&unknown.as_str()) {
                    continue;
                }
                let value = unknown.len() as u32 + 3;
                let found = find_in::<T>(&format!("\"{unknown}\":1"));
                assert_eq!(found, Some((None, value)), "{unknown}");
            }
            for doubtful in [
                format!("\"{name}:"),
                format!("\"{name}\"\":"),
                format!("{name}\":"),
                format!("\"{name}\"1"),
                format!("\"\\u00{:02x}{}\":", name.as_bytes()[0], &name[1..]),
            ] {
                assert_eq!(find_in::<T>(&doubtful), None, "{doubtful}");
            }
        }
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        check::<PriceTick>();
        check::<DepthTick>();
        check::<IndicatorTick>();
        check::<PublicTrade>();
        check::<TradingStatus>();
    }
}
