//! The command line.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use nordnet_sim::{Dialect, Faults};

pub(crate) const HELP: &str = "\
Nordnet in a box: REST API, both feeds and a market, for trying out clients.

usage: nordnet-sim [OPTION]..

  --listen ADDRESS      where to listen; port 0 picks free ones [127.0.0.1:0]
                        (REST on the port, the feeds and the control port after it)
  --public-key FILE     the customer's OpenSSH public key; without it a key pair
                        is made in a temporary folder
  --api-key UUID        the API key that may log in
  --seed N              everything random follows from it [1]
  --plain               no TLS
  --ca-out FILE         where to write the certificate to trust
  --speed X             seconds of market time in a second [1]
  --instruments N       how many listings [16]
  --rate N              moves of each listing in a second of market time [2]
  --dialect NAME=VALUE,..   answers to what the reference leaves open
  --faults NAME=VALUE,..    what goes wrong by itself
  --help                this text

One JSON line on stdout says where everything is; the log goes to stderr.
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Help,
    Run(Box<Args>),
}

/// The options; `None` leaves the library's default.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Args {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) public_key: Option<PathBuf>,
    pub(crate) api_key: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) plain: bool,
    pub(crate) ca_out: Option<PathBuf>,
    pub(crate) speed: Option<f64>,
    pub(crate) instruments: Option<usize>,
    pub(crate) rate: Option<f64>,
    pub(crate) dialect: Dialect,
    pub(crate) faults: Faults,
}

/// What is wrong with the command line.
#[derive(Debug, PartialEq)]
pub(crate) struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Command {
    pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, Wrong> {
        let mut args = Args::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let word = word.to_string_lossy().into_owned();
            // Both `--seed 7` and `--seed=7`.
            let (name, glued) = match word.split_once('=') {
                Some((name, value)) => (name, Some(OsString::from(value))),
                None => (word.as_str(), None),
            };
            let mut value = || {
                glued
                    .clone()
                    .or_else(|| words.next())
                    .ok_or_else(|| Wrong(format!("{name} needs a value")))
            };
            match name {
                "--help" | "-h" => return Ok(Self::Help),
                "--plain" => args.plain = true,
                "--listen" => args.listen = Some(parsed(name, value()?)?),
                "--public-key" => args.public_key = Some(value()?.into()),
                "--api-key" => args.api_key = Some(parsed(name, value()?)?),
                "--seed" => args.seed = Some(parsed(name, value()?)?),
                "--ca-out" => args.ca_out = Some(value()?.into()),
                "--speed" => args.speed = Some(positive(name, value()?)?),
                "--instruments" => args.instruments = Some(parsed(name, value()?)?),
                "--rate" => args.rate = Some(positive(name, value()?)?),
                "--dialect" => args.dialect = parsed(name, value()?)?,
                "--faults" => args.faults = parsed(name, value()?)?,
                _ => return Err(Wrong(format!("unknown option {word}"))),
            }
        }
        Ok(Self::Run(Box::new(args)))
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(name: &str, value: OsString) -> Result<T, Wrong> {
    let text = value.to_string_lossy();
    text.parse()
        .map_err(|error| Wrong(format!("{name} {text}: {error}")))
}

fn positive(name: &str, value: OsString) -> Result<f64, Wrong> {
    let number: f64 = parsed(name, value)?;
    if number.is_finite() && number >= 0.0 {
        return Ok(number);
    }
    Err(Wrong(format!("{name} {number}: must not be negative")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, Wrong> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn reads_every_option() {
        let line = "--listen 127.0.0.1:4000 --public-key a.pub --api-key k --seed 7 --plain \
                    --ca-out ca.pem --speed 2 --instruments=20 --rate 0.5 \
                    --dialect numbers=plain --faults 503=0.5";
        let Ok(Command::Run(args)) = parse(line) else {
            panic!("{:?}", parse(line));
        };
        assert_eq!(args.listen.unwrap().port(), 4000);
        assert_eq!(
            (args.seed, args.instruments, args.rate),
            (Some(7), Some(20), Some(0.5))
        );
        assert!(args.plain && args.public_key.is_some() && args.ca_out.is_some());
        assert_eq!(args.dialect, "numbers=plain".parse().unwrap());
        assert_eq!(args.faults, "503=0.5".parse().unwrap());
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, part) in [
            ("--colour red", "unknown option --colour"),
            ("--seed", "--seed needs a value"),
            ("--seed x", "--seed x"),
            ("--speed -1", "must not be negative"),
            ("--dialect numbers=roman", "known are"),
            ("--faults 504=1", "known are"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn needs_no_options() {
        assert_eq!(parse(""), Ok(Command::Run(Box::default())));
        assert_eq!(parse("--help"), Ok(Command::Help));
    }
}
