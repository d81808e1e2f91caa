//! What can be set of a client, with every limit and deadline of the core.

use std::time::Duration;

use crate::country::{BaseUrl, Country};
use crate::login::ChallengeForm;

/// The settings of a client.
///
/// ```
/// use nordnet_proto::{Config, Country, Language};
///
/// let mut config = Config::new(Country::Denmark);
/// config.language = Some(Language::English);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where the REST API is.
    pub base_url: BaseUrl,
    /// The service that a session is for; `NEXTAPI` unless Nordnet named
    /// another.
    pub service: String,
    /// Which challenges are signed; hexadecimal digits and dashes unless Nordnet
    /// changes their form.
    pub challenge_form: ChallengeForm,
    /// The language of messages and names; Nordnet's choice if `None`.
    pub language: Option<Language>,
    /// Whether an idle session is kept alive; on unless turned off.
    pub keep_alive: bool,
    /// How references begin that the core stamps on orders: up to 11
    /// characters.
    pub reference_tag: String,
    /// Whether the intent of each order has to be recorded before its first
    /// byte leaves ([`Step::Record`](crate::Step::Record)); off at first.
    pub record_intents: bool,
    /// How long things may take and how large they may be.
    pub limits: Limits,
}

impl Config {
    /// The settings for a country, or for a simulator by its [`BaseUrl`].
    #[must_use]
    pub fn new(base_url: impl Into<BaseUrl>) -> Self {
        Self {
            base_url: base_url.into(),
            service: "NEXTAPI".into(),
            challenge_form: ChallengeForm::default(),
            language: None,
            keep_alive: true,
            reference_tag: "rs".into(),
            record_intents: false,
            limits: Limits::default(),
        }
    }
}

impl From<Country> for Config {
    fn from(country: Country) -> Self {
        Self::new(country)
    }
}

/// Limits of time and size.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// For one connection to come up: name, TCP and TLS together. 10 s.
    pub connect: Duration,
    /// Between the tries of two addresses of one host. 250 ms.
    pub connect_stagger: Duration,
    /// For one attempt to be answered. 15 s.
    pub answer: Duration,
    /// For a call that may be repeated, all attempts and waits together. 30 s.
    pub repeatable_call: Duration,
    /// For a call that is sent at most once, a new order or a change, as a whole. 15 s.
    pub order_call: Duration,
    /// What has to be left of an order call when its bytes leave, so that its
    /// answer has time to come: 3 s, or half of a call that is shorter still.
    pub order_answer: Duration,
    /// For a login as a whole. 60 s.
    pub login: Duration,
    /// For the head of an answer, in bytes. 64 KiB.
    pub max_head: usize,
    /// For the rest of an HTTP connection that is kept for the next call. 15 s.
    pub keep_connection: Duration,
    /// How many unused HTTP connections are kept for reads, and how many for orders.
    /// 2 each.
    pub kept_connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            connect_stagger: Duration::from_millis(250),
            answer: Duration::from_secs(15),
            repeatable_call: Duration::from_secs(30),
            order_call: Duration::from_secs(15),
            order_answer: Duration::from_secs(3),
            login: Duration::from_secs(60),
            max_head: 64 << 10,
            keep_connection: Duration::from_secs(15),
            kept_connections: 2,
        }
    }
}

/// The language of names and messages. Never branch on such texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// `da`
    Danish,
    /// `en`
    English,
    /// `fi`
    Finnish,
    /// `no`
    Norwegian,
    /// `sv`
    Swedish,
}

impl Language {
    /// The code that `Accept-Language` carries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Danish => "da",
            Self::English => "en",
            Self::Finnish => "fi",
            Self::Norwegian => "no",
            Self::Swedish => "sv",
        }
    }
}
