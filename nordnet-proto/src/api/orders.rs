//! Orders and own executions.

mod codes;
mod order;

pub use codes::{
    ActionState, ActivationKind, OrderState, OrderType, PriceCondition, ResultCode, Side,
    TriggerCondition, ValidityKind, VolumeCondition,
};
pub use order::{ActivationCondition, Fill, Order, OrderReply, Validity};
