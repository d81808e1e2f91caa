//! Lines changed at random, many of them.

use std::process::ExitCode;

use super::equality;
use crate::draw::Sequence;

/// What the bytes of a line turn into.
const TOKENS: [&[u8]; 48] = [
    b"null",
    b"0",
    b"-0",
    b"0.0",
    b"00",
    b"1",
    b"-1.50",
    b"12345678",
    b"123456789",
    b"1764000000000",
    b"12345.67",
    b"123456.78",
    b"8492556.03",
    b"2.06845115E7",
    b"2.0E7",
    b"5.0E-4",
    b"1e3",
    b"1E400",
    b"0.30000000000000004",
    b"9223372036854775807",
    b"9223372036854775808",
    b"4294967296",
    b"0.0000000000000000001",
    b".5",
    b"5.",
    b"1e",
    b"true",
    b"\"\"",
    b"\"1\"",
    b"\"12345678\"",
    b"\"123456789\"",
    b"\"Continuous Trading\"",
    b"\"a\\\"b\\u00e5\"",
    b"\"\xc3\xa5\"",
    b"\"\\ud800\"",
    b"\"\x1f\"",
    b"{}",
    b"[]",
    b"{\"a\":[1,{\"b\":null}]}",
    b"[}",
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\"id\":16750901,",
    b",",
    b"}",
    b"\"\\u0062id\":1,",
];

/// Runs [`equality`] over lines drawn from a text, each changed at random; how
/// many are to run, and from which number on they are drawn.
pub fn mutations(text: &[u8], count: u64, seed: u64) -> ExitCode {
    let lines: Vec<&[u8]> = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        eprintln!("no lines to change");
        return ExitCode::FAILURE;
    }
    let (lines, halves) = (&lines, [count - count / 2, count / 2]);
    std::thread::scope(|scope| {
        for (half, count) in (0..).zip(halves) {
            scope.spawn(move || {
                let mut draw = Sequence(seed << 1 | half);
                for _ in 0..count {
                    equality(&mutated(lines, &mut draw));
                }
            });
        }
    });
    println!(
        "equality: {count} changed lines of {}, no finding",
        lines.len()
    );
    ExitCode::SUCCESS
}

/// A line with up to four changes, and at times another one behind it.
fn mutated(lines: &[&[u8]], draw: &mut Sequence) -> Vec<u8> {
    let other = lines[draw.below(lines.len())];
    let mut line = lines[draw.below(lines.len())].to_vec();
    for _ in 0..draw.below(5) {
        if draw.below(3) == 0 {
            change_bytes(&mut line, other, draw);
        } else {
            line = change_members(&line, other, draw);
        }
    }
    if draw.below(4) == 0 {
        line.push(b'\n');
        line.extend_from_slice(other);
    }
    line
}

fn change_bytes(line: &mut Vec<u8>, other: &[u8], draw: &mut Sequence) {
    let at = draw.below(line.len() + 1);
    match draw.below(6) {
        0 => line.truncate(at),
        1 => line.insert(at, TOKENS[draw.below(TOKENS.len())][0]),
        2 => {
            line.splice(at..at, TOKENS[draw.below(TOKENS.len())].iter().copied());
        }
        3 => {
            let end = line.len().min(at + draw.below(12));
            line.drain(at..end);
        }
        4 => {
            line.truncate(at);
            line.extend_from_slice(&other[draw.below(other.len())..]);
        }
        _ => {
            if let Some(byte) = line.get_mut(at) {
                *byte ^= 1 << draw.below(8);
            }
        }
    }
}

/// Changes the members as a whole, which leaves most lines JSON.
fn change_members(line: &[u8], other: &[u8], draw: &mut Sequence) -> Vec<u8> {
    let begin = |line: &[u8]| {
        line.windows(9)
            .position(|it| it == b"\"data\":{\"")
            .map(|at| at + 8)
    };
    let Some(data) = begin(line) else {
        return line.to_vec();
    };
    let (head, data) = line.split_at(data);
    let data = data.strip_suffix(b"}}").unwrap_or(data);
    let mut members: Vec<Vec<u8>> = data.split(|byte| *byte == b',').map(Vec::from).collect();
    let at = draw.below(members.len());
    match draw.below(8) {
        0 => {
            let with = draw.below(members.len());
            members.swap(at, with);
        }
        1 => drop(members.remove(at)),
        2 => {
            let twice = members[at].clone();
            members.insert(draw.below(members.len() + 1), twice);
        }
        3 => {
            let foreign = begin(other).map_or(other, |at| &other[at..]);
            let foreign: Vec<&[u8]> = foreign.split(|byte| *byte == b',').collect();
            members.insert(at, foreign[draw.below(foreign.len())].to_vec());
        }
        4 | 5 => {
            if let Some(colon) = members[at].iter().position(|byte| *byte == b':') {
                members[at].truncate(colon + 1);
                members[at].extend_from_slice(TOKENS[draw.below(TOKENS.len())]);
            }
        }
        6 => {
            let space = [b' ', b' ', b'\t', b'\r'][draw.below(4)];
            let colon = members[at].iter().position(|byte| *byte == b':');
            let colon = colon.unwrap_or_default();
            let places = [0, colon, colon + 1, members[at].len()];
            let place = places[draw.below(4)].min(members[at].len());
            members[at].insert(place, space);
        }
        _ => members.insert(at, b"\"id\":16750901".to_vec()),
    }
    [head, &members.join(&b','), b"}}"].concat()
}
