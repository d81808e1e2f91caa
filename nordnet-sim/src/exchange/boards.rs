//! Who has subscribed to what, and what they were last told.

use crate::json::{Json, object};

use super::Exchange;
use super::feed::{ConnectionId, Topic};
use super::ticks::{CLOCK, Members, delta};

/// A board for every topic that there is.
#[derive(Debug)]
pub(crate) struct Boards {
    boards: Vec<Board>,
    listings: usize,
    indicators: usize,
}

/// What is told of a topic. All subscribers know the same, but for the time:
/// a change of the time alone is not told.
#[derive(Debug, Default)]
pub(crate) struct Board {
    told: Members,
    subscribers: Vec<Subscriber>,
}

#[derive(Debug)]
struct Subscriber {
    id: ConnectionId,
    clock: Option<i64>,
}

impl Boards {
    pub(crate) fn new(listings: usize, indicators: usize, sources: usize) -> Self {
        let mut boards = Self {
            boards: Vec::new(),
            listings,
            indicators,
        };
        let count = boards.place(Topic::News(sources));
        boards.boards.resize_with(count, Board::default);
        boards
    }

    fn board(&mut self, topic: Topic) -> &mut Board {
        let place = self.place(topic);
        &mut self.boards[place]
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

fn clock(members: &Members) -> Option<i64> {
    members.iter().find_map(|member| match member {
        (CLOCK, Json::Int(at)) => Some(*at),
        _ => None,
    })
}

impl Exchange {
    /// Takes in a subscriber and tells it all of the topic.
    pub(super) fn subscribe(&mut self, topic: Topic, id: ConnectionId) {
        // From here on the others must know what the newcomer does.
        self.tell_change(topic);
        let snapshot = self.snapshot(&topic);
        let board = self.boards.board(topic);
        board.subscribers.retain(|one| one.id != id);
        board.subscribers.push(Subscriber {
            id,
            clock: clock(&snapshot),
        });
        board.told.clone_from(&snapshot);
        if !snapshot.is_empty() {
            let line = self.line_of(topic, snapshot);
            self.send_line(id, &line);
        }
    }

    pub(super) fn unsubscribe(&mut self, topic: Topic, id: ConnectionId) {
        let board = self.boards.board(topic);
        board.subscribers.retain(|one| one.id != id);
    }

    /// Sends a whole message to everybody who has subscribed to the topic.
    pub(super) fn tell_subscribers(&mut self, topic: Topic, message: &Json) {
        let subscribers = std::mem::take(&mut self.boards.board(topic).subscribers);
        if !subscribers.is_empty() {
            let line = self.encoder.line(message);
            for subscriber in &subscribers {
                self.send_line(subscriber.id, &line);
            }
        }
        self.boards.board(topic).subscribers = subscribers;
    }

    /// Sends everybody what changed of the topic since they were last told.
    pub(super) fn tell_change(&mut self, topic: Topic) {
        if self.boards.board(topic).subscribers.is_empty() {
            return;
        }
        let snapshot = self.snapshot(&topic);
        let board = self.boards.board(topic);
        let Some(change) = delta(&board.told, &snapshot) else {
            return;
        };
        let now = clock(&snapshot);
        board.told = snapshot;
        let mut subscribers = std::mem::take(&mut board.subscribers);
        let mut lines = [None, None];
        for subscriber in &mut subscribers {
            let knows_the_time = subscriber.clock == now;
            let line = lines[usize::from(knows_the_time)].get_or_insert_with(|| {
                let mut change = change.clone();
                change.retain(|(name, _)| !knows_the_time || *name != CLOCK);
                self.line_of(topic, change)
            });
            subscriber.clock = now;
            self.send_line(subscriber.id, line);
        }
        self.boards.board(topic).subscribers = subscribers;
    }

    fn line_of(&mut self, topic: Topic, members: Members) -> String {
        let data = Json::Object(members);
        self.encoder
            .line(&object! { "type": topic.message_type(), "data": data })
    }
}
