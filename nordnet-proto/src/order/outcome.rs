//! What became of an order call.

use std::fmt;
use std::time::Duration;

use super::verdict::{Reading, Verdict};
use super::{Intent, Reference};
use crate::api::{ActionState, OrderReply, OrderState};
use crate::error::{Error, Refusal};
use crate::failure::Failure;
use crate::id::OrderId;
use crate::request::HttpResponse;
use crate::response;

/// What became of an order call that was not certainly in vain.
///
/// ```
/// use nordnet_proto::{Error, Outcome};
///
/// fn report(result: Result<Outcome, Error>) -> String {
///     match result {
///         Ok(Outcome::Accepted(accepted)) => format!("order {}", accepted.order_id),
///         Ok(Outcome::Rejected(rejection)) => rejection.to_string(),
///         Ok(Outcome::Unknown(unresolved)) => format!("look at the orders: {unresolved}"),
///         Err(error) => format!("nothing was done: {error}"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an order may be live"]
pub enum Outcome {
    /// Nordnet took the request. The market has the last word: watch
    /// [`Accepted::action_state`], the private feed, or the order list.
    Accepted(Accepted),
    /// Nordnet or the exchange refused the request; nothing was changed.
    Rejected(Rejection),
    /// Nobody knows yet. The request may have taken effect, and must not be
    /// repeated before the orders and trades of the account say that it has
    /// not. It stays listed as unresolved.
    Unknown(Unresolved),
}

impl Outcome {
    /// The handle of the call; for a new order also the text that it carries.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        match self {
            Self::Accepted(accepted) => &accepted.reference,
            Self::Rejected(rejection) => &rejection.reference,
            Self::Unknown(unresolved) => &unresolved.reference,
        }
    }
}

/// An order call that Nordnet took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The handle of the call; for a new order also the text that it carries.
    pub reference: Reference,
    /// Nordnet's number of the order.
    pub order_id: OrderId,
    /// Where the order stands.
    pub order_state: Option<OrderState>,
    /// How far the request has come.
    pub action_state: Option<ActionState>,
    /// Of an activation: the verdict on each order, the refused ones included.
    /// Empty for all other calls.
    pub verdicts: Vec<OrderReply>,
}

/// A refusal of an order call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The handle of the call.
    pub reference: Reference,
    /// The HTTP status: 200 where the verdict came inside the answer.
    pub status: u16,
    /// The machine-readable key; the set is not documented.
    pub code: Option<String>,
    /// The reason in the language of the request.
    pub message: Option<String>,
    /// The verdict, where there was one.
    pub reply: Option<OrderReply>,
    gone: bool,
}

impl Rejection {
    /// Whether there is no such order (any more): HTTP 404 to a change or a
    /// cancellation.
    #[must_use]
    pub const fn is_already_gone(&self) -> bool {
        self.gone
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_already_gone() {
            "there is no such order"
        } else {
            "rejected"
        })?;
        match &self.code {
            Some(code) => write!(f, " ({code})")?,
            None => write!(f, " (HTTP {})", self.status)?,
        }
        match self.message.as_deref() {
            Some(message) if !message.is_empty() => write!(f, ": {message}"),
            _ => Ok(()),
        }
    }
}

/// An order call whose outcome nobody knows yet.
///
/// ```
/// use nordnet_proto::api::{Amount, Order};
/// use nordnet_proto::order::Reference;
/// use nordnet_proto::{
///     AccountNumber, Cause, Doubt, Endpoint, Failure, List, Outcome, PlaceOrder, TradableId,
///     Unresolved,
/// };
///
/// let account = AccountNumber::new(60012345);
/// let ericsson = TradableId::new(11, "101");
/// let limit: Amount = "86.50 SEK".parse()?;
/// let order = PlaceOrder::buy(100, ericsson, limit, account)?
///     .with_reference(Reference::new("rebalance-17")?);
///
/// // The connection broke after the request had left.
/// let lost = Failure::after_sending(Cause::Closed, "");
/// let Outcome::Unknown(unresolved) = order.settle(Err(lost))? else {
///     panic!("nobody knows whether the order exists");
/// };
/// assert!(matches!(unresolved.doubt, Doubt::Lost(_)));
/// assert_eq!(unresolved.intent.account, account);
///
/// // `ListOrders` and `ListFills` show whether it does, by its reference:
/// fn find<'a>(orders: &'a List<Order>, unresolved: &Unresolved) -> Option<&'a Order> {
///     let reference = Some(unresolved.reference.as_str());
///     orders.iter().find(|order| order.reference.as_deref() == reference)
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unresolved {
    /// The handle of the call; for a new order also the text that the order
    /// carries, if it exists.
    pub reference: Reference,
    /// What was asked for.
    pub intent: Intent,
    /// Why the outcome is not known.
    pub doubt: Doubt,
}

impl Unresolved {
    pub(super) fn new(intent: Intent, doubt: Doubt) -> Self {
        Self {
            reference: intent.reference.clone(),
            intent,
            doubt,
        }
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outcome unknown: {} ({})", self.intent, self.doubt)
    }
}

/// Why the outcome of an order call is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// The request has not left yet, and will within the deadline of its call:
    /// it waits for a login, say.
    NotSentYet,
    /// The request is out and not answered.
    InFlight,
    /// The answer was lost.
    Lost(Failure),
    /// The server answered with a status that says nothing about the order.
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        wait: Option<Duration>,
    },
    /// The answer has the status of a refusal, but is not Nordnet's: a page of
    /// something in between.
    Page(Refusal),
    /// The verdict cannot be read: the order is probably live.
    Unreadable(String),
    /// The verdict contradicts itself or the request, or its result is neither
    /// `OK` nor a refusal: the order may be live, changed or gone.
    Unclear {
        /// What does not fit.
        reason: &'static str,
        /// The verdict.
        reply: OrderReply,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSentYet => f.write_str("not sent yet"),
            Self::InFlight => f.write_str("not answered yet"),
            Self::Lost(failure) => fmt::Display::fmt(failure, f),
            Self::Status { status, wait } => {
                write!(f, "HTTP {status}")?;
                wait.map_or(Ok(()), |wait| {
                    f.write_str("; ")?;
                    response::write_wait(wait, f)
                })
            }
            Self::Page(refusal) => {
                f.write_str("refused by something other than Nordnet ")?;
                refusal.write_details(f)
            }
            Self::Unreadable(reason) => write!(f, "the verdict cannot be read: {reason}"),
            Self::Unclear { reason, reply } => {
                let code = response::cut(reply.result_code.as_str());
                write!(
                    f,
                    "the verdict is unclear: {reason} ({code:?}, order {}",
                    reply.order_id
                )?;
                if let Some(state) = &reply.order_state {
                    write!(f, ", {}", response::cut(state.as_str()))?;
                }
                if let Some(state) = &reply.action_state {
                    write!(f, ", {}", response::cut(state.as_str()))?;
                }
                f.write_str("); look at the order")
            }
        }
    }
}

/// Returns `true` if a status says that nothing was placed, changed, cancelled or
/// activated.
pub(super) const fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 403 | 404 | 405 | 413 | 415 | 422)
}

/// Says what the answer to an order call means. `Err` is certain: nothing was
/// placed, changed, cancelled or activated.
pub(super) fn settle(
    intent: Intent,
    answer: Result<HttpResponse, Failure>,
) -> Result<Outcome, Error> {
    let unknown = |intent, doubt| Ok(Outcome::Unknown(Unresolved::new(intent, doubt)));
    let response = match answer {
        Ok(response) => response,
        Err(failure) if failure.sent => return unknown(intent, Doubt::Lost(failure)),
        Err(failure) => return Err(Error::NotSent(failure)),
    };
    let reading = Reading::of(response.body().as_bytes(), &intent);
    match (response.status().as_u16(), reading) {
        // A status that says that nothing was done, over a verdict that does not.
        (status, Ok(Reading { verdict, reply, .. }))
            if (matches!(status, 401 | 429) || is_refusal(status))
                && verdict != Verdict::Refused =>
        {
            let reason = "the HTTP status is a refusal, the verdict is not";
            unknown(intent, Doubt::Unclear { reason, reply })
        }
        (
            200,
            Ok(Reading {
                verdict,
                reply,
                all,
            }),
        ) => match verdict {
            Verdict::Taken => Ok(Outcome::Accepted(Accepted {
                reference: intent.reference,
                order_id: reply.order_id,
                order_state: reply.order_state,
                action_state: reply.action_state,
                verdicts: all,
            })),
            Verdict::Refused => Ok(Outcome::Rejected(Rejection {
                reference: intent.reference,
                status: 200,
                code: Some(reply.result_code.as_str().into()),
                message: reply.message.clone(),
                reply: Some(reply),
                gone: false,
            })),
            Verdict::Unclear(reason) => unknown(intent, Doubt::Unclear { reason, reply }),
        },
        (200, Err(reason)) => unknown(intent, Doubt::Unreadable(reason)),
        // A page is no verdict, whatever its status: it comes from a proxy or a firewall.
        _ if response::is_page_as_refusal(&response) => {
            unknown(intent, Doubt::Page(response::refusal(&response)))
        }
        (status, reading) if is_refusal(status) => {
            let refusal = response::refusal(&response);
            let reply = reading.ok().map(|reading| reading.reply);
            let code = |reply: &OrderReply| reply.result_code.as_str().into();
            Ok(Outcome::Rejected(Rejection {
                status,
                code: refusal.code.or_else(|| reply.as_ref().map(code)),
                message: refusal.message,
                reply,
                gone: status == 404 && intent.order_id().is_some(),
                reference: intent.reference,
            }))
        }
        (401, _) => Err(Error::SessionEnded),
        (429, _) => Err(Error::RateLimited {
            wait: response::rate_limit_wait(response.headers()),
            refusal: Some(response::refusal(&response)),
        }),
        (status, _) => {
            let wait = response::retry_after(response.headers());
            unknown(intent, Doubt::Status { status, wait })
        }
    }
}
