//! What is seen, in words: all that a user can act on, and nothing that differs from run
//! to run.

use std::fmt::Write as _;
use std::time::Duration;

use nordnet_proto::api::OrderReply;
use nordnet_proto::order::{CallOutcome, Doubt};
use nordnet_proto::{
    AccountMessage, Action, Change, CloseReason, Counters, DisconnectReason, Error, Event, Failure,
    Gap, Intent, LoginError, MarketMessage, Outcome, Refusal, SessionCounters, Unresolved,
};

pub(crate) fn error(error: &Error) -> String {
    match error {
        Error::NotSent(lost) => format!("not sent: {}", failure(lost)),
        Error::Lost(lost) => format!("lost: {}", failure(lost)),
        Error::Login(error) => login_error(error),
        Error::RateLimited { wait, .. } => format!("too many requests{}", waits(Some(*wait))),
        Error::Unavailable {
            status,
            wait,
            refusal,
        } => format!(
            "unavailable: {status}{}{}",
            page(refusal.as_ref()),
            waits(*wait)
        ),
        Error::Refused(refused) => format!("refused: {}", refusal(refused)),
        Error::Unreadable(unreadable) => {
            format!("unreadable: {} {}", unreadable.status, unreadable.reason)
        }
        other => other.to_string(),
    }
}

pub(crate) fn login_error(error: &LoginError) -> String {
    let text = match error {
        LoginError::Refused(refused) => format!("refused: {}", refusal(&refused.refusal)),
        LoginError::Unreachable(lost) => format!("unreachable: {}", failure(lost)),
        LoginError::RateLimited { wait } => format!("too many requests{}", waits(Some(*wait))),
        LoginError::Unavailable {
            status,
            wait,
            refusal,
        } => {
            let code = refusal.as_ref().and_then(|refusal| refusal.code.as_deref());
            let code = code.map_or_else(String::new, |code| format!(" {code}"));
            let page = page(refusal.as_ref());
            format!("unavailable: {status}{code}{page}{}", waits(*wait))
        }
        other => other.to_string(),
    };
    format!("no login: {text}")
}

fn refusal(refusal: &Refusal) -> String {
    let code = refusal.code.as_deref().unwrap_or("without a code");
    format!(
        "{} {code}{}{}",
        refusal.status,
        said(refusal.message.as_deref()),
        page(Some(refusal))
    )
}

fn said(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(", {message:?}"))
}

fn page(refusal: Option<&Refusal>) -> String {
    let kind = refusal.and_then(|refusal| refusal.page.as_deref());
    kind.map_or_else(String::new, |kind| format!(" with {kind}, not Nordnet's"))
}

/// A failure without its details, which hold ports and texts of libraries.
fn failure(failure: &Failure) -> String {
    let sent = if failure.sent { "" } else { ", nothing sent" };
    format!("{}{sent}", failure.cause)
}

/// How long the server asks to wait, rounded up to seconds: a part of the last one may
/// have passed.
fn waits(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| {
        format!(", wait {} s", wait.as_secs_f64().ceil())
    })
}

pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(accepted) => {
            let state = accepted
                .order_state
                .as_ref()
                .map_or("?", |state| state.as_str());
            let action = accepted
                .action_state
                .as_ref()
                .map_or("?", |state| state.as_str());
            format!("accepted: {state} {action}")
        }
        Outcome::Rejected(rejection) => {
            let code = rejection.code.as_deref().unwrap_or("without a code");
            let gone = if rejection.is_already_gone() {
                ", it is gone"
            } else {
                ""
            };
            format!("rejected: {} {code}{gone}", rejection.status)
        }
        Outcome::Unknown(unresolved) => format!("unknown: {}", doubt(&unresolved.doubt)),
    }
}

pub(crate) fn result(result: &Result<Outcome, Error>) -> String {
    match result {
        Ok(known) => outcome(known),
        Err(failed) => error(failed),
    }
}

pub(crate) fn call_outcome(call: &CallOutcome) -> String {
    format!("{}: {}", intent(&call.intent), result(&call.result))
}

pub(crate) fn unresolved(unresolved: &Unresolved) -> String {
    format!(
        "{}: {}",
        intent(&unresolved.intent),
        doubt(&unresolved.doubt)
    )
}

/// The references of the client's own making differ from run to run.
fn intent(intent: &Intent) -> &str {
    match &intent.action {
        Action::Place { .. } => intent.reference.as_str(),
        Action::Modify { .. } => "a change",
        Action::Cancel { .. } => "a cancellation",
        Action::Activate { .. } => "an activation",
        _ => "something else",
    }
}

/// The verdicts on the orders of an activation that was accepted, or its outcome.
pub(crate) fn activation(result: &Outcome) -> String {
    match result {
        Outcome::Accepted(accepted) => {
            let verdicts: Vec<_> = accepted.verdicts.iter().map(verdict).collect();
            verdicts.join(" ")
        }
        result => outcome(result),
    }
}

/// The verdict on one order. After some refusals the order may be live.
fn verdict(reply: &OrderReply) -> String {
    let unclear = if reply.is_ok() || reply.is_refused() {
        ""
    } else {
        " (look at it)"
    };
    format!("{}{unclear}", reply.result_code.as_str())
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Lost(lost) => format!("lost: {}", failure(lost)),
        Doubt::Status { status, wait } => format!("{status}{}", waits(*wait)),
        Doubt::Page(refusal) => format!("{}{}", refusal.status, page(Some(refusal))),
        other => other.to_string(),
    }
}

/// A message of a feed, for a transcript.
pub(crate) trait Message: std::fmt::Debug {
    fn is_heartbeat(&self) -> bool;
    fn words(&self) -> String;
}

impl Message for MarketMessage {
    fn is_heartbeat(&self) -> bool {
        matches!(self, Self::Heartbeat)
    }

    fn words(&self) -> String {
        match self {
            Self::Price(tick) => {
                let mut text = format!("price {}", tick.tradable());
                if tick.is_full() {
                    text += " full";
                }
                for (name, change) in [
                    ("bid", tick.bid()),
                    ("ask", tick.ask()),
                    ("last", tick.last()),
                ] {
                    let _ = match change {
                        Change::Set(value) => write!(text, " {name}={value}"),
                        Change::Cleared => write!(text, " {name}=none"),
                        _ => Ok(()),
                    };
                }
                text
            }
            Self::Depth(tick) => {
                let full = if tick.is_full() { " full" } else { "" };
                format!("depth {}{full}", tick.tradable())
            }
            Self::Trade(trade) => format!("trade {}", trade.tradable()),
            Self::TradingStatus(status) => format!("trading status {}", status.tradable()),
            Self::Indicator(tick) => format!("indicator {}", tick.indicator()),
            Self::News(news) => format!("news: {}", news.headline.as_deref().unwrap_or("?")),
            Self::Heartbeat => "heartbeat".into(),
            Self::Unknown(unknown) => format!("unknown type {}", unknown.kind),
            other => format!("{other:?}"),
        }
    }
}

impl Message for AccountMessage {
    fn is_heartbeat(&self) -> bool {
        matches!(self, Self::Heartbeat)
    }

    fn words(&self) -> String {
        match self {
            Self::Order(order) => {
                let state = order.state.as_ref().map_or("?", |state| state.as_str());
                let action = order
                    .action_state
                    .as_ref()
                    .map_or("?", |state| state.as_str());
                let reference = order.reference.as_deref().unwrap_or("without a reference");
                format!("order {reference}: {state} {action}")
            }
            Self::Fill(fill) => format!("fill: {} at {}", fill.volume, fill.price.value),
            Self::Heartbeat => "heartbeat".into(),
            Self::Unknown(unknown) => format!("unknown type {}", unknown.kind),
            other => format!("{other:?}"),
        }
    }
}

pub(crate) fn event<M: Message>(event: &Event<M>) -> String {
    match event {
        Event::Connected { after_gap } => format!("connected{}", gap(after_gap.as_ref())),
        Event::Live { after_gap } => format!("live{}", gap(after_gap.as_ref())),
        Event::Disconnected(lost) => {
            let mut text = format!("disconnected: {}", disconnect_reason(&lost.reason));
            if lost.truncated > 0 {
                text += ", in mid-line";
            }
            if lost.retry_at.is_none() {
                text += ", for good";
            }
            text
        }
        Event::Message(message) => message.words(),
        Event::Unsubscribed(subscription) => format!("unsubscribed: {subscription}"),
        Event::Refused {
            subscription,
            message,
        } => format!("refused: {subscription}: {message}"),
        Event::Error { message, command } => {
            let command = command.as_deref().unwrap_or("none");
            format!("complaint: {message} (command: {command})")
        }
        Event::Malformed(malformed) => format!("malformed: {}", malformed.reason),
        Event::Closed(reason) => format!("closed: {}", close_reason(reason)),
        other => format!("{other:?}"),
    }
}

fn gap(gap: Option<&Gap>) -> String {
    gap.map_or_else(String::new, |gap| {
        let count = gap.without_full_tick;
        format!(" after a gap, {count} full ticks to come")
    })
}

fn disconnect_reason(reason: &DisconnectReason) -> String {
    match reason {
        DisconnectReason::Failed(lost) => failure(lost),
        DisconnectReason::LoginFailed(error) => login_error(error),
        other => other.to_string(),
    }
}

fn close_reason(reason: &CloseReason) -> String {
    match reason {
        CloseReason::LoginRefused(error) => login_error(error),
        other => other.to_string(),
    }
}

pub(crate) fn session_counters(counters: &SessionCounters) -> String {
    counts(&[
        ("calls", counters.calls),
        ("retries", counters.retries),
        ("lost", counters.lost),
        ("unauthorized", counters.unauthorized),
        ("rate_limited", counters.rate_limited),
        ("unavailable", counters.unavailable),
        ("logins", counters.logins),
        ("failed_logins", counters.failed_logins),
        ("keep_alives", counters.keep_alives),
        ("unknown_outcomes", counters.unknown_outcomes),
    ])
}

/// The counters but for bytes and heartbeats, which differ from run to run.
pub(crate) fn feed_counters(counters: &Counters) -> String {
    counts(&[
        ("commands", counters.commands),
        ("resent", counters.resent),
        ("prices", counters.prices),
        ("depths", counters.depths),
        ("trades", counters.trades),
        ("news", counters.news),
        ("orders", counters.orders),
        ("fills", counters.fills),
        ("unknown", counters.unknown),
        ("errors", counters.errors),
        ("refused", counters.refused),
        ("malformed", counters.malformed),
        ("empty_lines", counters.empty_lines),
        ("truncated", counters.truncated),
        ("connects", counters.connects),
        ("losses", counters.losses),
        ("gaps", counters.gaps),
    ])
}

fn counts(counts: &[(&str, u64)]) -> String {
    let counted = counts.iter().filter(|(_, count)| *count > 0);
    let counted: Vec<_> = counted
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    counted.join(", ")
}
