//! What must be true of an exchange at any time, seen from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nordnet_sim::{ConnectionId, FeedKind, Fixed};
use serde_json::{Map, Value};

use crate::world::{INSURANCE, ISK, World, fixed};

/// Executions that are agreed on at the arrival of an order are told this much
/// later at most.
const TOLD_WITHIN: Duration = Duration::from_secs(6);

/// The market confirms what is asked for this much later.
const CONFIRMED_WITHIN: Duration = Duration::from_millis(80);

/// Follows the feeds of one listing and two accounts, and compares.
pub(crate) struct Watch {
    private: ConnectionId,
    public: ConnectionId,
    /// The last event of each order.
    orders: BTreeMap<i64, Value>,
    trades: Vec<Value>,
    depth: Map<String, Value>,
    status: Map<String, Value>,
    /// When each order came to its place in the queue, and its turn.
    places: BTreeMap<i64, (Duration, usize)>,
    turns: usize,
    /// When something was last asked of each order that is not confirmed at once.
    asked: BTreeMap<i64, Duration>,
    /// The stop legs of OCO orders that have not fired.
    stop_legs: BTreeMap<i64, Fixed>,
    /// Orders that had one, and failed to be changed: by it, or by the customer.
    unsure: BTreeSet<i64>,
    accounts: Vec<Account>,
}

/// What an account began with.
struct Account {
    number: &'static str,
    cash: Fixed,
    held: i64,
}

impl Watch {
    pub(crate) fn new(world: &mut World) -> Self {
        let (private, public) = (world.feed(FeedKind::Private), world.feed(FeedKind::Public));
        for kind in ["depth", "trading_status"] {
            world.subscribe(public, &format!(r#"{{"t":"{kind}","m":11,"i":"101"}}"#));
        }
        let mut account = |number| Account {
            number,
            cash: fixed(&world.money(number, "account_sum")),
            held: held(world, number),
        };
        Self {
            private,
            public,
            orders: BTreeMap::new(),
            trades: Vec::new(),
            depth: Map::new(),
            status: Map::new(),
            places: BTreeMap::new(),
            turns: 0,
            asked: BTreeMap::new(),
            stop_legs: BTreeMap::new(),
            unsure: BTreeSet::new(),
            accounts: vec![account(ISK), account(INSURANCE)],
        }
    }

    /// Notes the stop leg of an OCO order, which is never told.
    pub(crate) fn expect_stop_leg(&mut self, order: i64, limit: Fixed) {
        self.stop_legs.insert(order, limit);
    }

    /// Takes in what the feeds have told, and checks everything.
    pub(crate) fn check(&mut self, world: &mut World) {
        for message in world.messages(self.private) {
            match message["type"].as_str() {
                Some("order") => self.order(message["data"].clone(), world.now),
                Some("trade") => self.trade(message["data"].clone(), world.now),
                _ => {}
            }
        }
        for message in world.messages(self.public) {
            let merged = match message["type"].as_str() {
                Some("depth") => &mut self.depth,
                Some("trading_status") => &mut self.status,
                _ => continue,
            };
            merged.extend(message["data"].as_object().unwrap().clone());
        }
        self.check_book();
        self.check_lists(world);
        self.check_orders(world);
        self.check_accounts(world);
    }

    /// Returns how many units were traded.
    pub(crate) fn traded(&self) -> i64 {
        self.trades.iter().map(|trade| units(trade, "volume")).sum()
    }

    pub(crate) fn actions(&self) -> BTreeSet<String> {
        let states = self
            .orders
            .values()
            .map(|order| text(order, "action_state"));
        states.map(str::to_owned).collect()
    }

    fn order(&mut self, order: Value, now: Duration) {
        let id = order["order_id"].as_i64().unwrap();
        let action = text(&order, "action_state");
        let former = self.orders.get(&id);
        if let Some(former) = former.filter(|former| is_gone(former)) {
            // Nothing comes after the end but that a request was too late.
            assert!(is_filled(former), "{former} then {order}");
            assert!(matches!(action, "MOD_FAIL" | "DEL_FAIL"), "{order}");
            assert_eq!(former["traded_volume"], order["traded_volume"]);
        }
        if matches!(action, "DEL_CONF" | "DEL_PUSH") {
            assert!(is_gone(&order) && !is_filled(&order), "{order}");
        }
        let rises = |name| former.is_some_and(|former| units(&order, name) > units(former, name));
        // While it is being cancelled, that is all that is told of its state: what the
        // market confirms of earlier requests shows in its members only.
        let cancelling =
            |order: &Value| matches!(text(order, "action_state"), "DEL_PEND" | "DEL_WAIT");
        let silently = cancelling(&order) && former.is_some_and(cancelling);
        let arrives = match action {
            _ if silently => {
                !self.places.contains_key(&id)
                    || former.is_some_and(|former| former["price"] != order["price"])
                    || rises("volume")
                    || rises("open_volume")
            }
            "INS_CONF" => !self.places.contains_key(&id),
            "MOD_CONF" | "MOD_PUSH" => {
                former.is_some_and(|former| former["price"] != order["price"])
                    || rises("volume")
                    || rises("open_volume")
            }
            _ => false,
        };
        if arrives {
            self.turns += 1;
            self.places.insert(id, (now, self.turns));
        }
        if matches!(action, "MOD_PUSH" | "MOD_FAIL")
            && self.stop_legs.remove(&id).is_some()
            && action == "MOD_FAIL"
        {
            self.unsure.insert(id);
        }
        if silently && self.stop_legs.remove(&id).is_some() {
            self.unsure.insert(id);
        }
        if is_asked(&order) && !silently {
            self.asked.insert(id, now);
        }
        self.orders.insert(id, order);
    }

    fn trade(&mut self, trade: Value, now: Duration) {
        let id = trade["order_id"].as_i64().unwrap();
        let order = &self.orders[&id];
        assert!(!is_gone(order), "{trade} of {order}");
        let limit = price(order);
        assert!(reaches(order, limit, price(&trade)), "{trade} of {order}");
        if price(&trade) == limit {
            self.check_turn(id, now);
        }
        self.trades.push(trade);
    }

    /// Checks that no own order with a better right to trade was passed over.
    fn check_turn(&self, id: i64, now: Duration) {
        let settled = |id: &i64| {
            let (at, turn) = self.places.get(id)?;
            (*at + TOLD_WITHIN < now).then_some(*turn)
        };
        let order = &self.orders[&id];
        let Some(turn) = settled(&id) else {
            return;
        };
        for (other_id, other) in &self.orders {
            let Some(other_turn) = settled(other_id) else {
                continue;
            };
            let rival = *other_id != id
                && other["side"] == order["side"]
                && text(other, "order_state") == "ON_MARKET"
                && other.get("open_volume").is_none()
                && order.get("open_volume").is_none();
            if rival && price(other) == price(order) {
                assert!(turn < other_turn, "{order} before {other}");
            } else if rival {
                assert!(
                    reaches(order, price(order), price(other)),
                    "{order} before {other}"
                );
            }
        }
    }

    fn check_book(&self) {
        let price = |name: &str| self.depth.get(name).and_then(Value::as_f64);
        for level in 1..5 {
            for (side, sign) in [("bid", -1.0), ("ask", 1.0)] {
                let [one, next] = [level, level + 1].map(|level| price(&format!("{side}{level}")));
                if let (Some(one), Some(next)) = (one, next) {
                    assert!(sign * one < sign * next, "{:?}", self.depth);
                }
            }
        }
        if self.status["orderbook_status"] == "MATCHING"
            && let (Some(bid), Some(ask)) = (price("bid1"), price("ask1"))
        {
            assert!(bid < ask, "{:?}", self.depth);
        }
    }

    /// Checks that the feed tells the same as the lists.
    fn check_lists(&self, world: &mut World) {
        let (_, listed) = world.call(
            "GET",
            &format!("/accounts/{ISK},{INSURANCE}/orders?deleted=true"),
        );
        let listed = listed.as_array().cloned().unwrap_or_default();
        for order in &listed {
            assert_eq!(order, &self.orders[&order["order_id"].as_i64().unwrap()]);
        }
        let live = |orders: &mut dyn Iterator<Item = &Value>| {
            orders.filter(|order| !is_gone(order)).count()
        };
        assert_eq!(live(&mut listed.iter()), live(&mut self.orders.values()));
        let (_, trades) = world.call("GET", &format!("/accounts/{ISK},{INSURANCE}/trades?days=7"));
        let trades = trades.as_array().cloned().unwrap_or_default();
        assert!(self.trades.ends_with(&trades), "{trades:?}");
    }

    fn check_orders(&self, world: &World) {
        for record in world.exchange.orders() {
            let order = &self.orders[&record.order_id];
            let trades = self
                .trades
                .iter()
                .filter(|trade| trade["order_id"] == order["order_id"]);
            let traded: i64 = trades.map(|trade| units(trade, "volume")).sum();
            assert_eq!(units(order, "traded_volume"), traded, "{order}");
            assert_eq!(record.traded_volume, traded);
            assert!(traded <= record.volume, "{order}");
            assert!(traded < record.volume || is_gone(order), "{order}");
        }
    }

    fn check_accounts(&self, world: &mut World) {
        for account in &self.accounts {
            let (mut cash, mut held) = (account.cash, account.held);
            for trade in self.trades.iter().filter(|trade| is_of(trade, account)) {
                let volume = units(trade, "volume");
                let value = price(trade).times(volume);
                match text(trade, "side") {
                    "BUY" => (cash, held) = (cash - value, held + volume),
                    _ => (cash, held) = (cash + value, held - volume),
                }
            }
            assert_eq!(fixed(&world.money(account.number, "account_sum")), cash);
            assert_eq!(self::held(world, account.number), held);
            self.check_bounds(account, cash, held, world);
        }
    }

    /// Checks that open orders bind what they may cost, or deliver.
    fn check_bounds(&self, account: &Account, cash: Fixed, held: i64, world: &mut World) {
        let bound = fixed(&world.money(account.number, "buy_orders_value"));
        let power = fixed(&world.money(account.number, "trading_power"));
        assert_eq!(power, cash - bound);
        assert!(power >= Fixed::ZERO, "{power}");
        let live: Vec<_> = self
            .orders
            .values()
            .filter(|order| is_of(order, account) && !is_gone(order))
            .collect();
        let left = |order: &Value| units(order, "volume") - units(order, "traded_volume");
        let side = |side| live.iter().filter(move |order| text(order, "side") == side);
        let offered: i64 = side("SELL").map(|order| left(order)).sum();
        assert!(offered <= held, "{offered} of {held} offered");

        let cost = |order: &Value| {
            let stop = self.stop_legs.get(&order["order_id"].as_i64().unwrap());
            price(order)
                .max(stop.copied().unwrap_or_default())
                .times(left(order))
        };
        let costs: Fixed = side("BUY").map(|order| cost(order)).sum();
        assert!(bound >= costs, "{bound} for {costs}");
        // A change that is asked for binds its own, and a trailing stop what it would cost.
        let plain = side("BUY").all(|order| {
            let id = order["order_id"].as_i64().unwrap();
            let asked = self.asked.get(&id);
            price(order) > Fixed::ZERO
                && !is_asked(order)
                && !self.unsure.contains(&id)
                && asked.is_none_or(|at| *at + CONFIRMED_WITHIN < world.now)
        });
        if plain {
            assert_eq!(bound, costs);
        }
    }
}

fn held(world: &mut World, account: &str) -> i64 {
    let (_, positions) = world.call("GET", &format!("/accounts/{account}/positions"));
    let all = positions.as_array().cloned().unwrap_or_default();
    let ours = all
        .iter()
        .find(|one| one["instrument"]["symbol"] == "ERIC B");
    ours.map_or(0, |one| units(one, "qty"))
}

fn is_of(value: &Value, account: &Account) -> bool {
    value["accno"].as_i64() == account.number.parse().ok()
}

fn is_asked(order: &Value) -> bool {
    let action = text(order, "action_state");
    action.ends_with("_PEND") || action.ends_with("_WAIT")
}

fn is_gone(order: &Value) -> bool {
    order["order_state"] == "DELETED"
}

fn is_filled(order: &Value) -> bool {
    order["traded_volume"] == order["volume"]
}

/// Says whether an order with this limit may trade at a price.
fn reaches(order: &Value, limit: Fixed, price: Fixed) -> bool {
    match text(order, "side") {
        "BUY" => price <= limit,
        _ => price >= limit,
    }
}

fn price(value: &Value) -> Fixed {
    fixed(&value["price"]["value"].to_string())
}

fn units(value: &Value, name: &str) -> i64 {
    value[name].as_f64().unwrap_or(0.0) as i64
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}
