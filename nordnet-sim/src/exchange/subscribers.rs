//! The subscribers of each topic, and what was last sent to them.

use crate::json::{Field, Heading, Json, Scalar};

use super::Exchange;
use super::feed::{ConnectionId, Topic};
use super::ticks::{CLOCK, delta};

/// The subscribers of all topics.
#[derive(Debug)]
pub(crate) struct Subscribers {
    /// None where nobody has subscribed.
    topics: Vec<Option<Box<TopicState>>>,
    listings: usize,
    indicators: usize,
    /// Room for a message that is being made.
    snapshot: Vec<Field>,
    change: Vec<Field>,
}

/// A topic that has subscribers. All were sent the same, but for the time:
/// a change of the time alone is not sent.
#[derive(Debug)]
struct TopicState {
    heading: Heading,
    sent: Vec<Scalar>,
    subscribers: Vec<Subscriber>,
}

#[derive(Debug)]
struct Subscriber {
    id: ConnectionId,
    clock: Option<i64>,
}

impl Subscribers {
    pub(crate) fn new(listings: usize, indicators: usize, sources: usize) -> Self {
        let mut subscribers = Self {
            topics: Vec::new(),
            listings,
            indicators,
            snapshot: Vec::new(),
            change: Vec::new(),
        };
        let count = subscribers.place(Topic::News(sources));
        subscribers.topics.resize_with(count, || None);
        subscribers
    }

    pub(crate) fn any(&self, topic: Topic) -> bool {
        self.topics[self.place(topic)].is_some()
    }

    fn of(&mut self, topic: Topic) -> &mut Option<Box<TopicState>> {
        let place = self.place(topic);
        &mut self.topics[place]
    }

    fn place(&self, topic: Topic) -> usize {
        match topic {
            Topic::Price(index) => 4 * index,
            Topic::Depth(index) => 4 * index + 1,
            Topic::Trade(index) => 4 * index + 2,
            Topic::Status(index) => 4 * index + 3,
            Topic::Indicator(index) => 4 * self.listings + index,
            Topic::News(index) => 4 * self.listings + self.indicators + index,
        }
    }
}

fn clock(fields: &[Field]) -> Option<i64> {
    fields.iter().find_map(|field| match field {
        (CLOCK, Scalar::Int(at)) => Some(*at),
        _ => None,
    })
}

impl Exchange {
    /// Adds a subscriber and sends it a full message of the topic.
    pub(super) fn subscribe(&mut self, topic: Topic, id: ConnectionId) {
        // The other subscribers have to have what the new one is sent.
        self.send_change(topic);
        let mut snapshot = Vec::new();
        self.snapshot(topic, &mut snapshot);
        let mut state = self.subscribers.of(topic).take().unwrap_or_else(|| {
            let identity = self.identity(topic);
            Box::new(TopicState {
                heading: self.encoder.heading(topic.message_type(), identity),
                sent: Vec::new(),
                subscribers: Vec::new(),
            })
        });
        if !snapshot.is_empty() {
            let line = self.encoder.message(&state.heading, snapshot.iter());
            self.send_line(id, &line);
        }
        state.subscribers.retain(|one| one.id != id);
        state.subscribers.push(Subscriber {
            id,
            clock: clock(&snapshot),
        });
        state.sent = snapshot.into_iter().map(|(_, value)| value).collect();
        *self.subscribers.of(topic) = Some(state);
    }

    pub(super) fn unsubscribe(&mut self, topic: Topic, id: ConnectionId) {
        let place = self.subscribers.of(topic);
        if let Some(state) = place {
            state.subscribers.retain(|one| one.id != id);
            if state.subscribers.is_empty() {
                *place = None;
            }
        }
    }

    /// Sends a full message to all subscribers of the topic.
    pub(super) fn send_to_subscribers(&mut self, topic: Topic, message: &Json) {
        let Some(state) = self.subscribers.of(topic).take() else {
            return;
        };
        let line = self.encoder.line(message);
        for subscriber in &state.subscribers {
            self.send_line(subscriber.id, &line);
        }
        *self.subscribers.of(topic) = Some(state);
    }

    /// Sends all subscribers what has changed of the topic since the last message.
    pub(super) fn send_change(&mut self, topic: Topic) {
        let Some(mut state) = self.subscribers.of(topic).take() else {
            return;
        };
        let mut snapshot = std::mem::take(&mut self.subscribers.snapshot);
        let mut change = std::mem::take(&mut self.subscribers.change);
        self.snapshot(topic, &mut snapshot);
        if delta(&mut state.sent, &snapshot, &mut change) {
            self.send_to_all(&mut state, &change);
        }
        *self.subscribers.of(topic) = Some(state);
        snapshot.clear();
        change.clear();
        (self.subscribers.snapshot, self.subscribers.change) = (snapshot, change);
    }

    /// Sends all subscribers a change of a topic, encoded once for those who need
    /// it in the same form.
    fn send_to_all(&mut self, state: &mut TopicState, change: &[Field]) {
        let now = clock(change);
        let mut lines = [None, None];
        for subscriber in &mut state.subscribers {
            let knows_the_time = subscriber.clock == now;
            let line = lines[usize::from(knows_the_time)].get_or_insert_with(|| {
                let wanted = |(name, _): &&Field| !knows_the_time || *name != CLOCK;
                let fields = change.iter().filter(wanted);
                self.encoder.message(&state.heading, fields)
            });
            subscriber.clock = now;
            self.send_line(subscriber.id, line);
        }
    }
}
