//! The text of `--help`.

use nordnet_sim::{Dialect, Faults};

const HELP: &str = "\
Nordnet in a box: REST API, both feeds and a market, for trying out clients.

usage: nordnet-sim [OPTION]..
       nordnet-sim run [OPTION].. -- PROGRAM [WORD]..

The first form serves until Ctrl-C or SIGTERM. When it is ready it prints one
JSON line on stdout that says where everything is; the log goes to stderr.

The second form serves for a program, which is told in its environment:
  NORDNET_BASE_URL, NORDNET_API_KEY, NORDNET_KEY_FILE (the private key),
  NORDNET_CA_FILE (the certificate to trust; not with --plain), and
  NORDNET_SIM_CONTROL (the control port)
It passes signals on and ends with the program and with its exit code; 126 and
127 if it cannot be started. stdout and stdin are the program's.

options:
  --listen ADDRESS      where to listen: REST on the port, the public feed, the
                        private feed and the control port on the three after it;
                        port 0 picks free ones [127.0.0.1:0]
  --public-key FILE     the customer's OpenSSH public key (Ed25519); without it
                        a key pair is made in a temporary folder
  --api-key UUID        the API key that may log in [follows from the seed]
  --seed N              everything random follows from it [1]
  --plain               no TLS, neither REST nor feeds
  --ca-out FILE         where to write the certificate to trust
  --speed X             seconds of market time in a second [1]
  --instruments N       how many listings, at most 10000 [all that are known]
  --rate N              moves of each listing in a second of market time; 0 is
                        none [2]
  --dialect NAME=VALUE,..   answers to what the reference leaves open, see below
  --faults NAME=VALUE,..    what goes wrong by itself, see below
  --verbose, --quiet    with or without the log on stderr
                        [with it; without it for `run`]
  --version, --help
";

const FAULTS: &str = "
faults: by chance, each request (P from 0 to 1; the draws follow the seed) is
";

const FEED_FAULTS: &str = "
and in each second each feed connection is
";

const DELAY: &str = "
and with delay=TIME every reply comes this much later (200ms, 1s).

dialect: the first value is the default
";

const REST: &str = "
The control port takes JSON by POST on loopback. It sets prices, fills orders,
expires sessions, cuts and stalls feeds, plans replies (late, torn, early, stray,
after a flood of 103) and faults, and tells the truth:
  curl -H 'content-type: application/json' \\
       -d '{\"tradable\":\"11:101\",\"price\":\"86.50\"}' $CONTROL/price
  curl -H 'content-type: application/json' \\
       -d '{\"operation\":\"place_order\",\"early\":true}' $CONTROL/respond
  curl $CONTROL/orders

examples:
  nordnet-sim --plain --listen 127.0.0.1:4000
  nordnet-sim --seed 7 --faults 503=0.05,lost=0.01 --dialect numbers=plain
  nordnet-sim run --rate 20 -- python3 my_client.py

The README says more: every control call, every dialect, what is not modelled.
";

/// Returns the text, with the faults and the switches that there are.
pub(crate) fn text() -> String {
    let faults = |known: &[(&str, &str)]| -> String {
        let line =
            |(name, about): &(&str, &str)| format!("  {:<21} {about}\n", format!("{name}=P"));
        known.iter().map(line).collect()
    };
    let switches: String = Dialect::KNOWN
        .iter()
        .map(|switch| format!("  {switch}\n      {}\n", switch.about))
        .collect();
    [
        HELP,
        FAULTS,
        &faults(Faults::REQUESTS),
        FEED_FAULTS,
        &faults(Faults::FEEDS),
        DELAY,
        &switches,
        REST,
    ]
    .concat()
    .replace('`', "")
}
