//! The codes of orders. All are open: the source may add to them.

use crate::open_enum::open_enum;

open_enum! {
    /// The direction of an order or an execution.
    Side {
        /// Bought, or to be bought.
        Buy = "BUY",
        /// Sold, or to be sold.
        Sell = "SELL",
    }
}

open_enum! {
    /// The type of an order.
    OrderType {
        /// At the given price or better.
        Limit = "LIMIT",
        /// What is possible at once; the rest lapses.
        FillAndKill = "FAK",
        /// The full volume at once, or nothing.
        FillOrKill = "FOK",
        /// A stop-loss with a fixed trigger.
        StopLimit = "STOP_LIMIT",
        /// A stop-loss whose trigger trails the price.
        StopTrailing = "STOP_TRAILING",
        /// One cancels the other.
        Oco = "OCO",
        /// The server guessed the type from the fields.
        Normal = "NORMAL",
    }
}

open_enum! {
    /// Where an order stands.
    ///
    /// There is no state for filled: compare the traded volume with the volume.
    OrderState {
        /// Live on the market.
        OnMarket = "ON_MARKET",
        /// Held at Nordnet; can be activated.
        Local = "LOCAL",
        /// The customer cannot change it.
        Locked = "LOCKED",
        /// Gone from the market.
        Deleted = "DELETED",
    }
}

open_enum! {
    /// How far the latest request on an order has come.
    ActionState {
        /// A new order was sent and is not confirmed.
        InsertPending = "INS_PEND",
        /// A new order waits for the market to open.
        InsertWaiting = "INS_WAIT",
        /// A new order is confirmed.
        InsertConfirmed = "INS_CONF",
        /// A new order is held back: inactive, or its trigger has not fired.
        InsertHeld = "INS_STOP",
        /// A new order was refused.
        InsertFailed = "INS_FAIL",
        /// A change was sent and is not confirmed.
        ModifyPending = "MOD_PEND",
        /// A change waits for the market to open.
        ModifyWaiting = "MOD_WAIT",
        /// A change is confirmed.
        ModifyConfirmed = "MOD_CONF",
        /// The market changed the order by itself.
        ModifyPushed = "MOD_PUSH",
        /// A change was refused; the former values stand.
        ModifyFailed = "MOD_FAIL",
        /// A cancellation was sent; the order may still fill.
        DeletePending = "DEL_PEND",
        /// A cancellation waits for the market to open.
        DeleteWaiting = "DEL_WAIT",
        /// A cancellation is confirmed.
        DeleteConfirmed = "DEL_CONF",
        /// The market removed the order by itself.
        DeletePushed = "DEL_PUSH",
        /// A cancellation was refused; the order is still live.
        DeleteFailed = "DEL_FAIL",
    }
}

open_enum! {
    /// How the price of an order binds.
    PriceCondition {
        /// At the given price or better.
        Limit = "LIMIT",
        /// At the prevailing price of the market; few markets take it.
        AtMarket = "AT_MARKET",
    }
}

open_enum! {
    /// Whether an order may fill in parts.
    VolumeCondition {
        /// Any size of fill.
        Normal = "NORMAL",
        /// The whole volume or none.
        AllOrNothing = "ALL_OR_NOTHING",
    }
}

open_enum! {
    /// How long an order lives.
    ValidityKind {
        /// Today only.
        Day = "DAY",
        /// Through a date.
        UntilDate = "UNTIL_DATE",
        /// Also outside regular hours (US pre-market).
        ExtendedHours = "EXTENDED_HOURS",
        /// Executes at once or lapses.
        Immediate = "IMMEDIATE",
    }
}

open_enum! {
    /// The kind of rule that holds an order back.
    ActivationKind {
        /// No rule.
        None = "NONE",
        /// Held until the customer activates it.
        Manual = "MANUAL",
        /// Fires when the market price meets the trigger.
        Stop = "STOP_ACTPRICE",
        /// Fires after a move of a percentage.
        StopPercent = "STOP_ACTPRICE_PERC",
        /// A plain order and a stop-loss in one.
        OcoStop = "OCO_STOP_ACTPRICE",
    }
}

open_enum! {
    /// How the market price is compared with a trigger.
    TriggerCondition {
        /// Fires at or below the trigger.
        AtOrBelow = "<=",
        /// Fires at or above the trigger.
        AtOrAbove = ">=",
    }
}

open_enum! {
    /// The verdict of Nordnet on an order request.
    ResultCode {
        /// Taken by Nordnet; the market may still refuse.
        Ok = "OK",
    }
}
