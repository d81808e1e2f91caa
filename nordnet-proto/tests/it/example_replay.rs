//! The example without any input or output does what it shows.

use crate::clock;

#[allow(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/replay/main.rs"]
mod replay;

#[test]
fn a_replay_shows_the_gap_and_comes_back() {
    let recording = include_str!("../../examples/replay/recording.txt");
    let play = || {
        let mut out = Vec::new();
        replay::replay(recording, clock::start(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let text = play();
    assert_eq!(text, play(), "the same each time");
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    assert_eq!(lines.iter().filter(|line| line.contains("bid")).count(), 11);
    for line in [
        "0.000 s  bid 86.5  ask 86.52",
        "0.000 s  live",
        "0.000 s  error: Unknown instrument",
        "3.001 s  price 11:no-such refused: Unknown instrument",
        "6.262 s  bid -  ask 86.54",
        "7.020 s  the server closed the feed",
        "7.100 s  connected again, after a gap of 0.1 s, 2 full ticks to come",
        "15.000 s  closed by the program",
    ] {
        assert!(lines.contains(&line), "{line} is missing:\n{text}");
    }
}
