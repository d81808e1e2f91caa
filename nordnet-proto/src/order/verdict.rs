//! What a verdict proves: the table in the docs of [`order`](crate::order).

use serde::de::DeserializeOwned;

use super::{Action, Intent, Terms};
use crate::api::{ActionState, OrderReply, OrderState};
use crate::id::OrderId;
use crate::response::{self, List};

/// The body of an answer to an order call.
pub(super) struct Reading {
    pub(super) verdict: Verdict,
    /// What the verdict rests on.
    pub(super) reply: OrderReply,
    /// Of an activation: the replies about all its orders.
    pub(super) all: Vec<OrderReply>,
}

/// What a verdict says of the call that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nordnet took the request.
    Taken,
    /// Nothing was placed, changed, cancelled or activated.
    Refused,
    /// It is not certain, for this reason.
    Unclear(&'static str),
}

const OTHER_ORDER: &str = "it is about another order";
const NO_ORDER: &str = "the result is OK, but there is no order number";
const FAILED: &str = "the result is OK, but the state says that a request failed";
const GONE: &str = "the result is OK, but the order is gone";
const NO_RESULT: &str = "the result is neither OK nor a refusal";
const ACTED: &str = "the result is not OK, but the state does not say that the request failed";

impl Reading {
    /// Reads a body. The error says why it is no verdict.
    pub(super) fn of(body: &[u8], intent: &Intent) -> Result<Self, String> {
        if let Action::Activate { orders } = &intent.action {
            return Self::of_each(body, orders, intent);
        }
        let reply = read(body)?;
        Ok(Self {
            verdict: Verdict::of(&reply, intent),
            reply,
            all: Vec::new(),
        })
    }

    /// Reads a verdict on each of the orders. One that was taken decides, then one
    /// that is not certain.
    fn of_each(body: &[u8], orders: &[OrderId], intent: &Intent) -> Result<Self, String> {
        let replies: List<OrderReply> = read(body)?;
        if let Some(unread) = replies.skipped().first() {
            return Err(unread.to_string());
        }
        let is_about = |order: &OrderId| replies.iter().any(|reply| reply.order_id == *order);
        if let Some(order) = orders.iter().find(|order| !is_about(order)) {
            return Err(format!("it says nothing about order {order}"));
        }
        let asked = replies
            .iter()
            .filter(|reply| orders.contains(&reply.order_id));
        let verdicts = asked.map(|reply| (Verdict::of(reply, intent), reply));
        let decisive = verdicts.min_by_key(|(verdict, _)| match verdict {
            Verdict::Taken => 0,
            Verdict::Unclear(_) => 1,
            Verdict::Refused => 2,
        });
        let (verdict, reply) = decisive.ok_or("it says nothing about any order")?;
        Ok(Self {
            verdict,
            reply: reply.clone(),
            all: replies.into_vec(),
        })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| response::describe(body, &error))
}

impl Verdict {
    fn of(reply: &OrderReply, intent: &Intent) -> Self {
        let asked = intent.order_id();
        let is_other = asked.is_some_and(|asked| asked != reply.order_id);
        if is_other && reply.names_an_order() {
            return Self::Unclear(OTHER_ORDER);
        }
        if reply.result_code.is_ok() {
            return match reply {
                reply if !reply.names_an_order() => Self::Unclear(NO_ORDER),
                reply if reply.says_failed() => Self::Unclear(FAILED),
                reply if reply.says_gone() && !may_be_gone(&intent.action) => Self::Unclear(GONE),
                _ => Self::Taken,
            };
        }
        if !reply.result_code.is_refusal() {
            return Self::Unclear(NO_RESULT);
        }
        match denies(reply, &intent.action) {
            true => Self::Refused,
            false => Self::Unclear(ACTED),
        }
    }
}

/// Returns `true` if an order may be gone as soon as the request was taken.
fn may_be_gone(action: &Action) -> bool {
    match action {
        Action::Place { terms, .. } => {
            matches!(terms, Terms::FillAndKill(_) | Terms::FillOrKill(_))
        }
        Action::Modify { .. } => false,
        Action::Cancel { .. } | Action::Activate { .. } => true,
    }
}

/// Returns `true` if the states agree with a refusal.
fn denies(reply: &OrderReply, action: &Action) -> bool {
    use ActionState as A;
    let is_deleted = reply.order_state == Some(OrderState::Deleted);
    let state = reply.action_state.as_ref();
    match action {
        Action::Place { .. } => {
            let is_live = reply.order_state.is_some() && !is_deleted;
            !is_live && matches!(state, None | Some(A::InsertFailed))
        }
        Action::Modify { .. } => match state {
            None | Some(A::ModifyFailed) => true,
            Some(A::InsertFailed | A::DeleteConfirmed | A::DeletePushed) => is_deleted,
            Some(_) => false,
        },
        Action::Cancel { .. } => match state {
            None => true,
            Some(A::DeleteFailed) => !is_deleted,
            Some(A::InsertFailed | A::DeletePushed) => is_deleted,
            Some(_) => false,
        },
        Action::Activate { .. } => reply.is_refused(),
    }
}
