//! The settings at the head of a scenario: of the exchange, the client and its feeds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use nordnet_proto::{ChallengeForm, Config, FeedConfig, Limits, Reconnect};
use nordnet_sim::{CommandLimits, Server, ServerBuilder};

use crate::trouble::Trouble;

/// Settings by their lines. All others have their defaults, but that the market stands
/// still.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    exchange: Vec<(String, String)>,
    dialect: Vec<(String, String)>,
    client: Vec<(String, String)>,
    feed: Vec<(String, String)>,
}

impl Settings {
    /// Takes a line if it is a setting, and returns `true` if it was.
    pub(crate) fn take(&mut self, line: &str) -> Result<bool, Trouble> {
        let mut words = line.split_whitespace();
        let settings = match words.next() {
            Some("exchange:") => &mut self.exchange,
            Some("dialect:") => &mut self.dialect,
            Some("client:") => &mut self.client,
            Some("feed:") => &mut self.feed,
            _ => return Ok(false),
        };
        for word in words {
            let (name, value) = word
                .split_once('=')
                .ok_or_else(|| Trouble::new(format!("{word} is no setting")))?;
            settings.push((name.into(), value.into()));
        }
        // Reports wrong settings before anything begins.
        let _ = self.exchange()?;
        self.apply_to(&mut Config::new(nordnet_proto::Country::Sweden))?;
        self.apply_to_feed(&mut FeedConfig::default())?;
        Ok(true)
    }

    pub(crate) fn exchange(&self) -> Result<ServerBuilder, Trouble> {
        let mut server = Server::builder().rate(0.0);
        let mut limits = CommandLimits::default();
        for (name, value) in &self.exchange {
            server = match name.as_str() {
                "seed" => server.seed(parsed(value)?),
                "rate" => server.rate(parsed(value)?),
                "session_expiry" => server.session_expiry(duration(value)?),
                "commands_per_second" => {
                    limits.per_second = parsed(value)?;
                    server.command_limits(limits)
                }
                _ => return Err(unknown(name)),
            };
        }
        let switches = self.dialect.iter();
        let switches: Vec<_> = switches
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Ok(server.dialect(parsed(&switches.join(","))?))
    }

    pub(crate) fn apply_to(&self, config: &mut Config) -> Result<(), Trouble> {
        for (name, value) in &self.client {
            match limit(&mut config.limits, name) {
                Some(limit) => *limit = duration(value)?,
                None => match name.as_str() {
                    "keep_alive" => config.keep_alive = flag(value)?,
                    "kept_connections" => config.limits.kept_connections = parsed(value)?,
                    "challenge" => config.challenge_form = challenge_form(value)?,
                    "max_head" => config.limits.max_head = parsed(value)?,
                    _ => return Err(unknown(name)),
                },
            }
        }
        Ok(())
    }

    pub(crate) fn apply_to_feed(&self, config: &mut FeedConfig) -> Result<(), Trouble> {
        for (name, value) in &self.feed {
            match name.as_str() {
                "silence" => config.silence = duration(value)?,
                "line_deadline" => config.line_deadline = duration(value)?,
                "rejected_for" => config.rejected_for = duration(value)?,
                "connect" => config.connect_deadline = duration(value)?,
                "max_line" => config.max_line = parsed(value)?,
                "backoff" => {
                    config.backoff_first = duration(value)?;
                    config.backoff_cap = config.backoff_first;
                }
                "commands_per_second" => config.commands_per_second = parsed(value)?,
                "reconnect" => {
                    config.reconnect = match flag(value)? {
                        true => Reconnect::Always,
                        false => Reconnect::Never,
                    }
                }
                _ => return Err(unknown(name)),
            }
        }
        Ok(())
    }
}

fn limit<'a>(limits: &'a mut Limits, name: &str) -> Option<&'a mut Duration> {
    Some(match name {
        "connect" => &mut limits.connect,
        "answer" => &mut limits.answer,
        "repeatable_call" => &mut limits.repeatable_call,
        "order_call" => &mut limits.order_call,
        "order_answer" => &mut limits.order_answer,
        "login" => &mut limits.login,
        "keep_connection" => &mut limits.keep_connection,
        _ => return None,
    })
}

fn unknown(name: &str) -> Trouble {
    Trouble::new(format!("there is no setting {name}"))
}

fn challenge_form(text: &str) -> Result<ChallengeForm, Trouble> {
    match text {
        "hex" => Ok(ChallengeForm::HexAndDashes),
        "base64" => Ok(ChallengeForm::Base64),
        "printable" => Ok(ChallengeForm::Printable),
        _ => Err(Trouble::new(format!("{text} is no form of a challenge"))),
    }
}

/// Reads `on` or `off`.
fn flag(text: &str) -> Result<bool, Trouble> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(Trouble::new(format!("{text} is neither on nor off"))),
    }
}

pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, Trouble> {
    text.parse()
        .map_err(|error| Trouble::new(format!("{text}: {error}")))
}

/// Reads `250ms`, `3s` or `2h`.
pub(crate) fn duration(text: &str) -> Result<Duration, Trouble> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number = parsed(digits)?;
    Ok(match text.get(digits.len()..).unwrap_or_default() {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "h" => Duration::from_secs(number * 3600),
        _ => return Err(Trouble::new(format!("{text} is no time, such as 250ms"))),
    })
}
