//! Market state against a naive model, after every event of a feed.

use nordnet_proto::{Event, Market, MarketMessage, Public, Subscription, TradableId};
use proptest::prelude::*;

use crate::feed_sim::{HEARTBEAT, Sim, depth, market, market_message, millis, price, secs};
use crate::market_model::{
    Changes, Members, Model, ModelState, book_members, depth_changes, price_changes, quote_members,
};

const IDS: usize = 4;

#[derive(Clone, Debug)]
enum Act {
    Price(usize, Changes),
    Depth(usize, Changes),
    /// Ticks and then the end of the stream, read at once.
    Cut(Vec<(usize, Changes)>),
    Refuse(usize),
    /// Given up, then a late tick, then wanted anew.
    Leave(usize, Changes),
    /// Given up and wanted again at once, one after the other.
    Waver(usize, usize),
    /// A tick that cannot be read.
    Malformed(usize),
    Heartbeat,
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..IDS, price_changes()).prop_map(|(id, changes)| Act::Price(id, changes)),
        8 => (0..IDS, depth_changes()).prop_map(|(id, changes)| Act::Depth(id, changes)),
        2 => prop::collection::vec((0..IDS, price_changes()), 0..4).prop_map(Act::Cut),
        1 => (0..IDS).prop_map(Act::Refuse),
        1 => (0..IDS, depth_changes()).prop_map(|(id, changes)| Act::Leave(id, changes)),
        1 => (0..IDS, 0..IDS).prop_map(|(one, other)| Act::Waver(one, other)),
        1 => (0..IDS).prop_map(Act::Malformed),
        2 => Just(Act::Heartbeat),
        4 => (0..4_000_u64).prop_map(Act::Wait),
    ]
}

struct World {
    sim: Sim<Public>,
    market: Market,
    quotes: Vec<Model>,
    books: Vec<Model>,
    /// What was read and not told, with whether it is full.
    on_the_way: Vec<(usize, Changes, bool)>,
}

impl World {
    fn new() -> Self {
        let mut sim = market();
        for id in 0..IDS {
            sim.subscribe(&price(&id.to_string()));
            sim.subscribe(&depth(&id.to_string()));
        }
        Self {
            sim: sim.live(),
            market: Market::new(),
            quotes: vec![Model::default(); IDS],
            books: vec![Model::default(); IDS],
            on_the_way: Vec::new(),
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Price(id, changes) => {
                self.price(id, changes);
                self.drain();
            }
            Act::Depth(id, changes) => {
                let model = &mut self.books[id];
                let full = !model.answered;
                model.tell(&changes, full, self.sim.now);
                self.sim.input(&line("depth", id, &changes));
                self.drain();
            }
            Act::Cut(ticks) => {
                for (id, changes) in ticks {
                    self.price(id, changes);
                }
                self.sim.eof();
                self.drain();
                self.sim.reconnect();
                self.sim.write();
                self.drain();
                // Proven again, so that the next loss is one.
                self.sim.input(HEARTBEAT);
                self.drain();
            }
            // Only what has had no tick can be refused.
            Act::Refuse(id) if self.quotes[id].answered => {}
            Act::Refuse(id) => {
                let refusal = format!(
                    "{{\"type\":\"err\",\"data\":{{\"msg\":\"no\",\"cmd\":{{\"cmd\":\"subscribe\",\
                     \"args\":{{\"t\":\"price\",\"m\":11,\"i\":\"{id}\"}}}}}}}}\n"
                );
                self.sim.input(&refusal);
                self.drain();
                self.sim.pass(secs(5));
                self.quotes[id].state = ModelState::Refused;
                self.sim.input(&refusal);
                self.drain();
            }
            Act::Leave(id, changes) => {
                let subscription = depth(&id.to_string());
                self.sim.unsubscribe(&subscription);
                self.pause();
                assert_eq!(self.books[id].heard, None, "its end is told");
                self.sim.input(&line("depth", id, &changes));
                self.drain();
                self.sim.subscribe(&subscription);
                self.pause();
            }
            Act::Waver(one, other) => {
                let both = [one, other].map(|id| price(&id.to_string()));
                both.iter().for_each(|it| self.sim.unsubscribe(it));
                both.iter().for_each(|it| self.sim.subscribe(it));
                self.pause();
            }
            // Of what was forgotten it could be a late one.
            Act::Malformed(id) if self.quotes[id].is_forgotten() => {}
            Act::Malformed(id) if self.quotes[id].state == ModelState::Refused => {}
            Act::Malformed(id) => {
                self.quotes[id].state = ModelState::Malformed;
                self.quotes[id].answered = true;
                let changes = vec![("bid".into(), Some("true".into()))];
                self.sim.input(&line("price", id, &changes));
                self.drain();
            }
            Act::Heartbeat => {
                self.sim.input(HEARTBEAT);
                self.drain();
            }
            Act::Wait(time) => {
                self.sim.pass(millis(time));
                self.sim.input(HEARTBEAT);
                self.drain();
            }
        }
        self.check();
    }

    /// Time for commands to leave.
    fn pause(&mut self) {
        self.sim.pass(millis(1100));
        self.sim.input(HEARTBEAT);
        self.drain();
    }

    /// What is read now is told later, unless it is about a refused one.
    fn price(&mut self, id: usize, changes: Changes) {
        let ahead = self.on_the_way.iter().any(|(other, ..)| *other == id);
        let full = !self.quotes[id].answered && !ahead;
        if self.quotes[id].state == ModelState::Refused {
            return;
        }
        self.sim.input(&line("price", id, &changes));
        self.on_the_way.push((id, changes, full));
    }

    /// Takes the events one by one: after each the market is as the model.
    fn drain(&mut self) {
        let mut on_the_way = std::mem::take(&mut self.on_the_way).into_iter();
        for event in self.sim.events() {
            let now = self.sim.now;
            self.market.handle_event(&event, now);
            match &event {
                Event::Message(MarketMessage::Price(_)) => {
                    let (id, changes, full) = on_the_way.next().unwrap();
                    self.quotes[id].tell(&changes, full, now);
                }
                Event::Unsubscribed(subscription) => {
                    let models = match subscription {
                        Subscription::Price(_) => &mut self.quotes,
                        _ => &mut self.books,
                    };
                    let ended = (0..IDS).map(|id| id.to_string());
                    for (id, model) in ended.zip(models) {
                        if [price(&id), depth(&id)].contains(subscription) {
                            *model = Model::forgotten();
                        }
                    }
                }
                Event::Disconnected(_) => {
                    for model in self.quotes.iter_mut().chain(&mut self.books) {
                        model.answered = false;
                        if model.state == ModelState::Live {
                            model.state = ModelState::Lost;
                        }
                    }
                }
                _ => {}
            }
            self.check();
        }
        assert!(on_the_way.next().is_none(), "a tick was lost");
    }

    fn check(&self) {
        let now = self.sim.now;
        for id in 0..IDS {
            let (model, quote) = (&self.quotes[id], self.market.quote(&tradable(id), now));
            assert_eq!(quote.state(), model.state());
            assert_eq!(quote.age(), model.age(now));
            assert_eq!(quote_members(&quote), without(&model.members, "delayed"));
            let (model, book) = (&self.books[id], self.market.book(&tradable(id), now));
            assert_eq!(book.state(), model.state());
            assert_eq!(book.age(), model.age(now));
            assert_eq!(book_members(&book), model.book());
        }
    }
}

fn tradable(id: usize) -> TradableId {
    TradableId::new(11, id.to_string())
}

fn line(kind: &str, id: usize, changes: &Changes) -> String {
    let members = changes.iter().map(|(name, value)| {
        let value = value.as_deref().unwrap_or("null");
        format!(",\"{name}\":{value}")
    });
    let members: String = members.collect();
    format!("{{\"type\":\"{kind}\",\"data\":{{\"i\":\"{id}\",\"m\":11{members}}}}}\n")
}

fn without(members: &Members, name: &str) -> Members {
    let mut members = members.clone();
    members.remove(name);
    members
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_market_is_as_a_naive_model(acts in prop::collection::vec(act(), 0..80)) {
        let mut world = World::new();
        for act in acts {
            world.act(act);
        }
    }

    /// However a state came about, it is the one that a full tick of it makes.
    #[test]
    fn deltas_add_up_to_the_full_tick(
        first in price_changes(),
        deltas in prop::collection::vec(price_changes(), 0..20),
        books in prop::collection::vec(depth_changes(), 1..20),
    ) {
        let now = market().now;
        let (mut by_deltas, mut at_once) = (Market::new(), Market::new());
        let (mut quote, mut book) = (Model::default(), Model::default());
        let tell = |market: &mut Market, kind, changes: &Changes| {
            market.merge(&market_message(line(kind, 0, changes).trim_end()), now);
        };
        for changes in [&first].into_iter().chain(&deltas) {
            quote.tell(changes, false, now);
            tell(&mut by_deltas, "price", changes);
        }
        for changes in &books {
            book.tell(changes, false, now);
            tell(&mut by_deltas, "depth", changes);
        }
        let whole = |model: &Model| -> Changes {
            model.members.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect()
        };
        tell(&mut at_once, "price", &whole(&quote));
        tell(&mut at_once, "depth", &whole(&book));
        let shown = |market: &Market| {
            let (quote, book) = (market.quote(&tradable(0), now), market.book(&tradable(0), now));
            (quote_members(&quote), quote.is_delayed(), book_members(&book))
        };
        prop_assert_eq!(shown(&by_deltas), shown(&at_once));
    }
}
