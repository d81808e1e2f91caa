//! The command line.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use nordnet_sim::{Dialect, Faults};

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Help,
    Version,
    /// Serve until told to end.
    Serve(Box<Args>),
    /// Serve for this program and its words.
    Run {
        args: Box<Args>,
        program: OsString,
        words: Vec<OsString>,
    },
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
    pub(crate) log: Option<bool>,
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
        let mut running = false;
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy().into_owned();
            match text.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                "--version" | "-V" => return Ok(Self::Version),
                "run" if !running => running = true,
                "--" if running => return Self::run(args, words.next(), words),
                // As with `env` and `nice`, the program's name ends the options.
                text if running && !text.starts_with('-') => {
                    return Self::run(args, Some(word), words);
                }
                text if !text.starts_with('-') => {
                    return Err(Wrong(format!(
                        "unexpected word {text}; to start a program: nordnet-sim run -- {text}"
                    )));
                }
                option => args.take(option, &mut words)?,
            }
        }
        if running {
            return Self::run(args, None, words);
        }
        Ok(Self::Serve(Box::new(args)))
    }

    fn run(
        args: Args,
        program: Option<OsString>,
        words: impl Iterator<Item = OsString>,
    ) -> Result<Self, Wrong> {
        let missing = "run needs a program: nordnet-sim run [OPTION].. -- PROGRAM [WORD]..";
        Ok(Self::Run {
            args: Box::new(args),
            program: program.ok_or_else(|| Wrong(missing.to_owned()))?,
            words: words.collect(),
        })
    }
}

impl Args {
    /// Takes in an option, with its value from the words after it.
    fn take(
        &mut self,
        option: &str,
        words: &mut impl Iterator<Item = OsString>,
    ) -> Result<(), Wrong> {
        // Both `--seed 7` and `--seed=7`.
        let (name, glued) = match option.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (option, None),
        };
        if let "--plain" | "--verbose" | "--quiet" = name {
            if glued.is_some() {
                return Err(Wrong(format!("{name} takes no value")));
            }
            match name {
                "--plain" => self.plain = true,
                name => self.log = Some(name == "--verbose"),
            }
            return Ok(());
        }
        let mut value = || {
            glued
                .clone()
                .or_else(|| words.next())
                .ok_or_else(|| Wrong(format!("{name} needs a value")))
        };
        match name {
            "--listen" => self.listen = Some(address(name, &value()?)?),
            "--public-key" => self.public_key = Some(value()?.into()),
            "--api-key" => self.api_key = Some(parsed(name, &value()?)?),
            "--seed" => self.seed = Some(parsed(name, &value()?)?),
            "--ca-out" => self.ca_out = Some(value()?.into()),
            "--speed" => self.speed = Some(number(name, &value()?, f64::MIN_POSITIVE)?),
            "--instruments" => self.instruments = Some(listings(name, &value()?)?),
            "--rate" => self.rate = Some(number(name, &value()?, 0.0)?),
            "--dialect" => self.dialect = parsed(name, &value()?)?,
            "--faults" => self.faults = parsed(name, &value()?)?,
            _ => return Err(Wrong(format!("unknown option {option}"))),
        }
        Ok(())
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(name: &str, value: &OsStr) -> Result<T, Wrong> {
    let text = value.to_string_lossy();
    text.parse()
        .map_err(|error| Wrong(format!("{name} {text}: {error}")))
}

fn address(name: &str, value: &OsStr) -> Result<SocketAddr, Wrong> {
    parsed(name, value).map_err(|Wrong(text)| Wrong(format!("{text}, such as 127.0.0.1:4000")))
}

fn number(name: &str, value: &OsStr, least: f64) -> Result<f64, Wrong> {
    let number: f64 = parsed(name, value)?;
    if number.is_finite() && number >= least {
        return Ok(number);
    }
    let bound = if least > 0.0 {
        "more than 0"
    } else {
        "0 or more"
    };
    Err(Wrong(format!("{name} {number}: must be {bound}")))
}

fn listings(name: &str, value: &OsStr) -> Result<usize, Wrong> {
    let count = parsed(name, value)?;
    if (1..=10_000).contains(&count) {
        return Ok(count);
    }
    Err(Wrong(format!("{name} {count}: must be 1 to 10000")))
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
        let Ok(Command::Serve(args)) = parse(line) else {
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
            ("--speed 0", "must be more than 0"),
            ("--rate -1", "must be 0 or more"),
            ("--instruments 0", "must be 1 to 10000"),
            ("--instruments 10001", "must be 1 to 10000"),
            ("--plain=no", "takes no value"),
            ("--listen 4000", "such as 127.0.0.1:4000"),
            ("serve", "unexpected word serve"),
            ("run", "run needs a program"),
            ("run --plain --", "run needs a program"),
            ("-- ls", "unknown option --"),
            ("--dialect numbers=roman", "known are"),
            ("--faults 504=1", "known are"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn needs_no_options() {
        assert_eq!(parse(""), Ok(Command::Serve(Box::default())));
        assert_eq!(parse("--help"), Ok(Command::Help));
        assert_eq!(parse("--seed 1 -V"), Ok(Command::Version));
    }

    #[test]
    fn a_program_keeps_its_own_words() {
        for line in [
            "run --plain -- ls --plain -h",
            "run --plain ls --plain -h",
            "--plain run ls --plain -h",
        ] {
            let expected = Command::Run {
                args: Box::new(Args {
                    plain: true,
                    ..Args::default()
                }),
                program: "ls".into(),
                words: vec!["--plain".into(), "-h".into()],
            };
            assert_eq!(parse(line), Ok(expected), "{line}");
        }
        let Ok(Command::Run { program, words, .. }) = parse("run -- run --") else {
            panic!("no program");
        };
        assert_eq!((program, words), ("run".into(), vec!["--".into()]));
    }

    #[test]
    fn the_last_word_on_the_log_counts() {
        let Ok(Command::Serve(args)) = parse("--verbose --quiet") else {
            panic!("no options");
        };
        assert_eq!(args.log, Some(false));
    }
}
