//! Whole lives of orders, drawn at random: whatever a customer, the market and
//! the clock do, what [`Watch`] checks holds.

use std::collections::BTreeSet;
use std::time::Duration;

use nordnet_sim::{FeedKind, Fixed};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::watch::Watch;
use crate::world::{INSURANCE, ISK, World};

const ERIC: &str = "11:101";

/// Something that happens.
#[derive(Clone, Debug)]
enum Action {
    Place {
        insured: bool,
        sells: bool,
        kind: Kind,
        /// In ticks from 86.50.
        price: i64,
        volume: i64,
        long: bool,
    },
    Modify {
        order: Index,
        price: Option<i64>,
        volume: Option<i64>,
        peak: Option<i64>,
    },
    Cancel(Index),
    Activate(Index),
    Price(i64),
    Quote(i64),
    Halt(bool),
    Pass(u64),
    Jump(u64),
}

/// What sort of order is placed; the numbers are ticks or percentage points.
#[derive(Clone, Debug)]
enum Kind {
    Plain,
    Iceberg(i64),
    FillAndKill,
    FillOrKill,
    Manual,
    Stop(i64),
    Trailing(i64, i64),
    Oco(i64, i64),
}

fn ticks(count: i64) -> Fixed {
    Fixed::from_ten_thousandths(865_000 + 200 * count)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        6 => Just(Kind::Plain),
        2 => (1..60_i64).prop_map(Kind::Iceberg),
        1 => Just(Kind::FillAndKill),
        1 => Just(Kind::FillOrKill),
        1 => Just(Kind::Manual),
        2 => (-12..12_i64).prop_map(Kind::Stop),
        1 => (1..3_i64, -3..3_i64).prop_map(|(trigger, target)| Kind::Trailing(trigger, target)),
        2 => (-12..12_i64, -12..12_i64).prop_map(|(trigger, target)| Kind::Oco(trigger, target)),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let place = (
        any::<bool>(),
        any::<bool>(),
        kind(),
        -12..12_i64,
        1..300_i64,
        any::<bool>(),
    );
    let modify = (
        any::<Index>(),
        proptest::option::of(-12..12_i64),
        proptest::option::of(1..300_i64),
        proptest::option::weighted(0.1, 1..60_i64),
    );
    prop_oneof![
        8 => place.prop_map(|(insured, sells, kind, price, volume, long)| {
            Action::Place { insured, sells, kind, price, volume, long }
        }),
        4 => modify.prop_map(|(order, price, volume, peak)| {
            Action::Modify { order, price, volume, peak }
        }),
        3 => any::<Index>().prop_map(Action::Cancel),
        1 => any::<Index>().prop_map(Action::Activate),
        2 => (-12..12_i64).prop_map(Action::Price),
        1 => (-12..12_i64).prop_map(Action::Quote),
        1 => any::<bool>().prop_map(Action::Halt),
        8 => (1..1500_u64).prop_map(Action::Pass),
        1 => (1..700_u64).prop_map(Action::Jump),
    ]
}

/// Returns the account and the form of a new order.
fn form(action: &Action, until: &str) -> Option<(&'static str, String)> {
    let Action::Place {
        insured,
        sells,
        kind,
        price,
        volume,
        long,
    } = action
    else {
        return None;
    };
    let (side, below) = if *sells {
        ("SELL", "%3C%3D")
    } else {
        ("BUY", "%3E%3D")
    };
    let limit = format!("&price={}", ticks(*price));
    let trigger = |ticks_away: i64| {
        format!(
            "&trigger_condition={below}&trigger_value={}",
            ticks(*price + ticks_away)
        )
    };
    let until = if *long {
        format!("&valid_until={until}")
    } else {
        String::new()
    };
    let rest = match kind {
        Kind::Plain => format!("&order_type=LIMIT{limit}{until}"),
        Kind::Iceberg(peak) => format!("&order_type=LIMIT{limit}{until}&open_volume={peak}"),
        Kind::FillAndKill => format!("&order_type=FAK{limit}"),
        Kind::FillOrKill => format!("&order_type=FOK{limit}"),
        Kind::Manual => format!("&order_type=LIMIT{limit}{until}&activation_condition=MANUAL"),
        Kind::Stop(away) => format!(
            "&order_type=STOP_LIMIT&activation_condition=STOP_ACTPRICE{limit}{}",
            trigger(*away)
        ),
        Kind::Trailing(percent, target) => format!(
            "&order_type=STOP_TRAILING&activation_condition=STOP_ACTPRICE_PERC\
             &trigger_condition={below}&trigger_value={percent}&target_value={target}"
        ),
        Kind::Oco(away, target) => format!(
            "&order_type=OCO&activation_condition=OCO_STOP_ACTPRICE{limit}{}&target_value={}",
            trigger(*away),
            ticks(*target)
        ),
    };
    let account = if *insured { INSURANCE } else { ISK };
    let form =
        format!("market_id=11&identifier=101&currency=SEK&side={side}&volume={volume}{rest}");
    Some((account, form))
}

/// A day or more at the exchange, with somebody who looks on.
struct Life {
    world: World,
    watch: Watch,
    placed: Vec<(&'static str, i64)>,
    actions: BTreeSet<String>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut world = World::with(|config| {
            config.seed = seed;
            config.rate = 4.0;
            config.instruments = 1;
        });
        let watch = Watch::new(&mut world);
        Self {
            world,
            watch,
            placed: Vec::new(),
            actions: BTreeSet::new(),
        }
    }

    fn run(&mut self, actions: &[Action]) {
        for action in actions {
            self.act(action);
            self.watch.check(&mut self.world);
            self.actions.extend(self.watch.actions());
        }
    }

    fn act(&mut self, action: &Action) {
        let world = &mut self.world;
        let now = world.now;
        match action {
            Action::Place { .. } => self.place(action),
            Action::Modify {
                order,
                price,
                volume,
                peak,
            } => {
                let fields = [
                    price.map(|price| format!("price={}&currency=SEK", ticks(price))),
                    volume.map(|volume| format!("volume={volume}")),
                    peak.map(|peak| format!("open_volume={peak}")),
                ];
                let form = fields.into_iter().flatten().collect::<Vec<_>>().join("&");
                self.call(order, "PUT", "", Some(&form));
            }
            Action::Cancel(order) => self.call(order, "DELETE", "", None),
            Action::Activate(order) => self.call(order, "PUT", "/activate", None),
            Action::Price(at) => world.exchange.set_price(ERIC, ticks(*at), now).unwrap(),
            Action::Quote(bid) => {
                let (bid, ask) = (ticks(*bid), ticks(bid + 1));
                world
                    .exchange
                    .set_quote(ERIC, Some(bid), Some(ask), now)
                    .unwrap();
            }
            Action::Halt(stops) => {
                let status = if *stops { "X" } else { "R" };
                world.exchange.set_status(ERIC, status, now).unwrap();
            }
            Action::Pass(ms) => world.pass(Duration::from_millis(*ms)),
            Action::Jump(minutes) => {
                let by = Duration::from_secs(60 * minutes);
                world.exchange.jump_clock(by, now);
            }
        }
    }

    fn place(&mut self, action: &Action) {
        let info = self.world.get(&format!("/tradables/info/{ERIC}"));
        let until = info[0]["calendar"][1]["date"].as_str().unwrap().to_owned();
        let (account, form) = form(action, &until).unwrap();
        let (_, reply) = self
            .world
            .form("POST", &format!("/accounts/{account}/orders"), &form);
        if reply["result_code"] != "OK" {
            return;
        }
        let id = reply["order_id"].as_i64().unwrap();
        self.placed.push((account, id));
        if let Action::Place {
            kind: Kind::Oco(_, target),
            ..
        } = action
        {
            self.watch.expect_stop_leg(id, ticks(*target));
        }
    }

    fn call(&mut self, order: &Index, method: &str, path: &str, form: Option<&str>) {
        if self.placed.is_empty() {
            return;
        }
        let (account, id) = *order.get(&self.placed);
        let path = format!("/accounts/{account}/orders/{id}{path}");
        match form {
            Some(form) => self.world.form(method, &path, form),
            None => self.world.call(method, &path),
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(100)
    })]

    #[test]
    fn whatever_happens_the_books_balance(
        seed in 0..1000_u64,
        actions in proptest::collection::vec(action(), 1..90),
    ) {
        Life::new(seed).run(&actions);
    }

    #[test]
    fn the_same_inputs_give_the_same_bytes(
        seed in 0..1000_u64,
        actions in proptest::collection::vec(action(), 1..40),
    ) {
        let bytes = || {
            let mut life = Life::new(seed);
            let feeds = [FeedKind::Private, FeedKind::Public].map(|kind| life.world.feed(kind));
            for kind in ["price", "depth", "trade", "trading_status"] {
                life.world.subscribe(feeds[1], &format!(r#"{{"t":"{kind}","m":11,"i":"101"}}"#));
            }
            for action in &actions {
                life.act(action);
            }
            feeds.map(|feed| life.world.text(feed))
        };
        prop_assert_eq!(bytes(), bytes());
    }
}

/// The random lives would prove little if nothing happened in them.
#[test]
fn lives_go_through_every_state() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let lives = proptest::collection::vec(action(), 80);
    let (mut actions, mut traded) = (BTreeSet::new(), 0);
    for seed in 0..24 {
        let mut life = Life::new(seed);
        life.run(&lives.new_tree(&mut runner).unwrap().current());
        actions.extend(life.actions);
        traded += life.watch.traded();
    }
    assert!(traded > 5000, "{traded}");
    let all = [
        "DEL_CONF", "DEL_FAIL", "DEL_PEND", "DEL_PUSH", "DEL_WAIT", "INS_CONF", "INS_PEND",
        "INS_STOP", "INS_WAIT", "MOD_CONF", "MOD_FAIL", "MOD_PEND", "MOD_PUSH", "MOD_WAIT",
    ];
    let missing: Vec<_> = all.iter().filter(|one| !actions.contains(**one)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
