//! The same bytes give the same events, however they are cut.

use nordnet_proto::{DisconnectReason, Event, FeedConfig, LineDecoder, Public};
use proptest::prelude::*;

use crate::feed_sim::{Sim, market, price};

const LINES: &[&str] = &[
    "{\"type\":\"price\",\"data\":{\"i\":\"101\",\"m\":11,\"bid\":86.5,\"ask\":null}}\n",
    "{\"type\":\"price\",\"data\":{\"i\":\"101\",\"m\":11,\"last\":2.5E7}}\r\n",
    "{\"type\":\"heartbeat\",\"data\":{}}\n",
    "\n",
    "\r\n",
    "not json\n",
    "\u{feff}é\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"subscribe\",\"args\":{\"t\":\"price\",\"m\":11,\"i\":\"101\"}}}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"bad session\",\"cmd\":\"login\"}}\n",
    "{\"type\":\"new\",\"data\":[1,2]}\n",
    "{\"type\":\"a line that is longer than the limit ............................................................................................................................................\"}\n",
];

/// The events of a connection that reads these chunks and then ends.
fn events(chunks: &[&[u8]]) -> Vec<String> {
    let mut config = FeedConfig::default();
    config.max_line = 160;
    let mut sim = Sim::<Public>::new(config);
    sim.subscribe(&price("101"));
    let mut sim = sim.up();
    let base = sim.base;
    let mut shown = Vec::new();
    let mut ended = false;
    for chunk in chunks.iter().chain([&&b""[..]]) {
        sim.bytes(chunk);
        for event in sim.events() {
            assert!(!ended, "nothing follows the loss");
            ended = matches!(event, Event::Disconnected(_));
            shown.push(match event {
                Event::Disconnected(lost) => {
                    // What had arrived of a line when another one ended the
                    // connection is a matter of the cut.
                    let by_line = matches!(
                        lost.reason,
                        DisconnectReason::LineTooLong(_) | DisconnectReason::LoginRejected(_)
                    );
                    let truncated = if by_line { 0 } else { lost.truncated };
                    format!(
                        "{:?} {truncated} {:?}",
                        lost.reason,
                        lost.retry_at.map(|at| at - base)
                    )
                }
                event => format!("{event:?}"),
            });
        }
    }
    shown
}

fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.dedup();
    places
        .windows(2)
        .map(|pair| &bytes[pair[0]..pair[1]])
        .collect()
}

proptest! {
    #[test]
    fn events_do_not_depend_on_the_cuts(
        lines in prop::collection::vec(prop::sample::select(LINES), 0..12),
        tail in 0_usize..20,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut bytes = lines.concat().into_bytes();
        bytes.extend_from_slice(&b"{\"type\":\"heartbeat\"}"[..tail]);
        let whole = if bytes.is_empty() { vec![] } else { vec![&bytes[..]] };
        let singles: Vec<_> = bytes.chunks(1).collect();
        let expected = events(&whole);
        prop_assert_eq!(&events(&cut(&bytes, &cuts)), &expected);
        prop_assert_eq!(&events(&singles), &expected);
    }

    #[test]
    fn lines_do_not_depend_on_the_cuts(
        bytes in prop::collection::vec(prop::sample::select(&b"\n\rab"[..]), 0..200),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        drained in any::<u64>(),
    ) {
        let mut expected: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let rest = expected.pop().unwrap_or_default();
        for line in &mut expected {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        let mut lines = LineDecoder::new(1000);
        let mut found = Vec::new();
        for (number, chunk) in cut(&bytes, &cuts).into_iter().enumerate() {
            lines.push(chunk);
            if drained >> (number % 64) & 1 == 1 {
                while let Some(line) = lines.next_line() {
                    found.push(line.unwrap().to_vec());
                }
            }
        }
        while let Some(line) = lines.next_line() {
            found.push(line.unwrap().to_vec());
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(lines.unfinished(), rest.len());
        prop_assert_eq!(lines.finish(), rest.len());
    }

    #[test]
    fn any_bytes_are_taken_without_a_panic(chunks in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 0..80), 0..20,
    )) {
        let mut sim = market().up();
        for chunk in &chunks {
            sim.bytes(chunk);
            sim.events();
        }
    }
}
