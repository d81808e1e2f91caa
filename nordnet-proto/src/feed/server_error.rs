//! Complaints of the server, and which command they are about.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::command::{IndicatorId, Subscription};
use super::members;
use crate::id::{NewsSourceId, TradableId};

/// A message of type `err`: a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// What the server says.
    pub message: String,
    /// The command as the server saw it, if it says; of a login only the name,
    /// since the rest holds the session key.
    pub command: Option<String>,
    /// The command, as far as it could be read.
    pub about: About,
}

/// Which command a [`ServerError`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum About {
    /// A login.
    Login,
    /// A subscription.
    Subscribe(Subscription),
    /// The end of a subscription.
    Unsubscribe(Subscription),
    /// A command other than a login, which could not be told further.
    Other,
    /// None that could be told.
    Unclear,
}

/// How much of a message or an echo is kept.
const KEPT: usize = 4096;

impl ServerError {
    /// Reads the data of an `err`. Whatever it is, it says that something
    /// failed, so none is malformed.
    pub(super) fn read(data: Option<&str>) -> Self {
        let data = data.unwrap_or_default();
        let Ok(body) = serde_json::from_str::<Body<'_>>(data) else {
            return Self {
                message: without_login(data),
                command: None,
                about: About::Unclear,
            };
        };
        let echo = body.cmd.map(|cmd| text_of(cmd.get()));
        let about = echo.as_deref().map_or(About::Unclear, About::read);
        let command = match about {
            About::Login => Some("login".into()),
            _ => echo.as_deref().map(without_login),
        };
        Self {
            message: body
                .msg
                .map_or_else(String::new, |msg| without_login(&text_of(msg.get()))),
            command,
            about,
        }
    }

    /// Whether the server says that commands came too fast.
    ///
    /// The words are not documented, so this goes by those in use elsewhere. A feed
    /// does not rely on it alone: it sends a refused subscription once more, whatever
    /// the words, and takes into account how fast its own commands were.
    #[must_use]
    pub fn is_about_rate(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        let words = [
            "too many",
            "too fast",
            "too frequent",
            "rate limit",
            "rate-limit",
            "rate_limit",
            "ratelimit",
            "limit exceeded",
            "limit reached",
            "command limit",
            "throttl",
            "flood",
            "slow down",
            "per second",
        ];
        words.iter().any(|words| message.contains(words))
    }
}

impl About {
    fn read(echo: &str) -> Self {
        let named = |name: &str| echo.trim().eq_ignore_ascii_case(name);
        if named("subscribe") || named("unsubscribe") {
            return Self::Other;
        }
        let Ok(Echo { cmd, args }) = serde_json::from_str::<Echo<'_>>(echo) else {
            // An echo that was cut still tells a login, which must not be
            // taken for anything else.
            let login =
                named("login") || echo.contains("session_key") || echo.contains("\"login\"");
            return if login { Self::Login } else { Self::Unclear };
        };
        let subscription = || {
            let args = args.as_ref()?;
            args.subscription(&plain(args.t?.get())?)
        };
        match cmd.as_ref() {
            "login" => Self::Login,
            "subscribe" => subscription().map_or(Self::Other, Self::Subscribe),
            "unsubscribe" => subscription().map_or(Self::Other, Self::Unsubscribe),
            _ => Self::Other,
        }
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
    #[serde(borrow)]
    cmd: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Echo<'a> {
    #[serde(borrow)]
    cmd: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    args: Option<Args<'a>>,
}

/// What names a subscription, beside its type: in a command, or in a tick.
#[derive(Deserialize)]
struct Args<'a> {
    #[serde(borrow)]
    t: Option<&'a RawValue>,
    #[serde(borrow)]
    m: Option<&'a RawValue>,
    #[serde(borrow)]
    i: Option<&'a RawValue>,
    #[serde(borrow, alias = "source_id")]
    s: Option<&'a RawValue>,
}

/// The subscription that the data of a tick names, whatever else is in it.
pub(super) fn subscription_of(kind: &str, data: &str) -> Option<Subscription> {
    let args: Args<'_> = serde_json::from_str(data).ok()?;
    args.subscription(kind)
}

impl Args<'_> {
    fn subscription(&self, kind: &str) -> Option<Subscription> {
        let text = |raw: Option<&RawValue>| plain(raw?.get());
        let number = |raw: Option<&RawValue>| members::integer(&text(raw)?).ok();
        let tradable = || Some(TradableId::new(number(self.m)?, text(self.i)?));
        Some(match kind {
            "price" => Subscription::Price(tradable()?),
            "depth" => Subscription::Depth(tradable()?),
            "trade" => Subscription::Trade(tradable()?),
            "trading_status" => Subscription::TradingStatus(tradable()?),
            "indicator" => Subscription::Indicator(IndicatorId::new(text(self.m)?, text(self.i)?)),
            "news" => Subscription::News(NewsSourceId::new(number(self.s)?)),
            _ => return None,
        })
    }
}

/// The content of a JSON string, or a number as it is written.
fn plain(json: &str) -> Option<String> {
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    match members::text(json) {
        Ok(text) => Some(text.into()),
        Err(_) => is_number.then(|| json.into()),
    }
}

/// The content of a JSON string, or the text of any other JSON value.
fn text_of(json: &str) -> String {
    members::text(json).map_or_else(|_| json.into(), String::from)
}

fn without_login(text: &str) -> String {
    if text.contains("session_key") {
        return "(not shown, since it holds a session key)".into();
    }
    text.chars().take(KEPT).collect()
}
