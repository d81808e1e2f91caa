//! The verdict on an order request.

use serde::{Deserialize, Serialize};

use super::codes::{ActionState, OrderState, ResultCode};
use crate::id::OrderId;

/// The verdict on one order request; schema `OrderReply`.
///
/// HTTP 200 alone is no success: [`OrderReply::result_code`] has to be `OK`,
/// and even then the market has the last word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderReply {
    /// The order; not to be trusted unless the result is `OK`.
    pub order_id: OrderId,
    /// `OK`, or an undocumented key.
    pub result_code: ResultCode,
    /// Why not, in the language of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where the order stands; absent on refusals of new orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_state: Option<OrderState>,
    /// How far the request has come; absent on requests that were refused before
    /// they reached the order system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_state: Option<ActionState>,
}

impl OrderReply {
    /// Returns `true` if Nordnet took the request: the result is `OK`, the order
    /// has a number, and no state says that the request failed.
    ///
    /// The market has the last word. A verdict that is neither this nor
    /// [refused](Self::is_refused) contradicts itself: look at the order.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.result_code.is_ok() && self.names_an_order() && !self.says_failed()
    }

    /// Returns `true` if the request was refused and the order is not live: the
    /// result is a refusal, and no state says that the order may be live.
    ///
    /// An activation of an order that is live already is neither this nor
    /// [`is_ok`](Self::is_ok).
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let is_live = match &self.order_state {
            None | Some(OrderState::Local | OrderState::Deleted) => false,
            Some(_) => true,
        };
        let has_acted = match &self.action_state {
            None | Some(ActionState::InsertHeld | ActionState::InsertFailed) => false,
            Some(_) => !self.says_gone(),
        };
        self.result_code.is_refusal() && !is_live && !has_acted
    }

    /// Returns `true` if there is a number that an order can have.
    pub(crate) fn names_an_order(&self) -> bool {
        self.order_id.get() > 0
    }

    /// Returns `true` if the latest request on the order was refused.
    pub(crate) fn says_failed(&self) -> bool {
        matches!(
            self.action_state,
            Some(ActionState::InsertFailed | ActionState::ModifyFailed | ActionState::DeleteFailed)
        )
    }

    /// Returns `true` if the order is gone from the market.
    pub(crate) fn says_gone(&self) -> bool {
        self.order_state == Some(OrderState::Deleted)
            || matches!(
                self.action_state,
                Some(ActionState::DeleteConfirmed | ActionState::DeletePushed)
            )
    }
}

impl ResultCode {
    /// Returns `true` for `OK`, exactly as the source writes it.
    pub(crate) fn is_ok(&self) -> bool {
        *self == Self::Ok
    }

    /// Returns `true` for a code that refuses. The source gives no list, so it is
    /// any other than `OK`; but not what looks like it, such as `ok` or
    /// `OK_WITH_WARNING`, and no code without a letter or digit.
    pub(crate) fn is_refusal(&self) -> bool {
        let mut words = self.as_str().split(|c: char| !c.is_alphanumeric());
        let first = words.find(|word| !word.is_empty());
        first.is_some_and(|word| !word.eq_ignore_ascii_case("ok"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: &str, order: &str, action: &str) -> OrderReply {
        let known = |code: &str| (!code.is_empty()).then(|| code.to_owned());
        OrderReply {
            order_id: OrderId::new(7),
            result_code: code.into(),
            message: None,
            order_state: known(order).map(|code| code.as_str().into()),
            action_state: known(action).map(|code| code.as_str().into()),
        }
    }

    /// Rows: result code, states, whether it is taken, whether it is refused.
    #[test]
    fn an_activation_is_taken_or_refused_or_neither() {
        for (code, order, action, is_ok, is_refused) in [
            ("OK", "ON_MARKET", "INS_PEND", true, false),
            ("OK", "", "", true, false),
            ("OK", "LOCAL", "INS_STOP", true, false),
            ("OK", "DELETED", "INS_FAIL", false, false),
            ("OK", "ON_MARKET", "MOD_FAIL", false, false),
            ("NO", "", "", false, true),
            ("NO", "LOCAL", "INS_STOP", false, true),
            ("NO", "DELETED", "INS_FAIL", false, true),
            ("NO", "DELETED", "DEL_CONF", false, true),
            ("NO", "", "INS_FAIL", false, true),
            ("ORDER_NOT_INACTIVE", "ON_MARKET", "", false, false),
            ("NO", "ON_MARKET", "INS_FAIL", false, false),
            ("NO", "LOCKED", "", false, false),
            ("NO", "NEW_STATE", "", false, false),
            ("NO", "", "INS_PEND", false, false),
            ("NO", "LOCAL", "NEW_STATE", false, false),
            ("ok", "ON_MARKET", "INS_PEND", false, false),
            ("ok", "", "", false, false),
            ("", "", "", false, false),
        ] {
            let reply = reply(code, order, action);
            let found = (reply.is_ok(), reply.is_refused());
            assert_eq!(found, (is_ok, is_refused), "{code:?} {order} {action}");
        }
    }

    #[test]
    fn what_looks_like_ok_is_no_refusal() {
        for code in [
            "OK",
            "ok",
            "Ok",
            "OK ",
            " OK",
            "\tok\n",
            "OK_WITH_WARNING",
            "\u{200b}OK",
            "",
            " ",
            "-",
        ] {
            assert!(!ResultCode::from(code).is_refusal(), "{code:?}");
        }
        for code in [
            "NO",
            "NOT_OK",
            "OKAY",
            "ORDER_LOCKED",
            "0",
            "E04711",
            "\u{4e0d}",
        ] {
            assert!(ResultCode::from(code).is_refusal(), "{code:?}");
        }
    }
}
