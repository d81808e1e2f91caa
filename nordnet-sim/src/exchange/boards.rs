//! Who has subscribed to what, and what they were last told.

use crate::json::{Json, Member};

use super::Exchange;
use super::feed::{ConnectionId, Topic};
use super::ticks::{CLOCK, Members, delta};

/// A board for every topic that there is.
#[derive(Debug)]
pub(crate) struct Boards {
    boards: Vec<Board>,
    listings: usize,
    indicators: usize,
    /// Room for a message that is being made.
    snapshot: Members,
    change: Members,
}

/// What is told of a topic. All subscribers know the same, but for the time:
/// a change of the time alone is not told.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// Whose it is: what every message begins with.
    identity: Members,
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
            snapshot: Vec::new(),
            change: Vec::new(),
        };
        let count = boards.place(Topic::News(sources));
        boards.boards.resize_with(count, Board::default);
        boards
    }

    pub(crate) fn has_subscribers(&self, topic: Topic) -> bool {
        !self.boards[self.place(topic)].subscribers.is_empty()
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
        let mut told = Members::new();
        self.snapshot(topic, &mut told);
        let identity = self.identity(topic);
        if !told.is_empty() {
            let members = identity.iter().chain(&told);
            let line = self.encoder.message(topic.message_type(), members);
            self.send_line(id, &line);
        }
        let board = self.boards.board(topic);
        board.subscribers.retain(|one| one.id != id);
        board.subscribers.push(Subscriber {
            id,
            clock: clock(&told),
        });
        (board.identity, board.told) = (identity, told);
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
        if !self.boards.has_subscribers(topic) {
            return;
        }
        let mut snapshot = std::mem::take(&mut self.boards.snapshot);
        let mut change = std::mem::take(&mut self.boards.change);
        self.snapshot(topic, &mut snapshot);
        let board = self.boards.board(topic);
        if delta(&board.told, &snapshot, &mut change) {
            std::mem::swap(&mut board.told, &mut snapshot);
            self.tell(topic, &change);
        }
        snapshot.clear();
        change.clear();
        (self.boards.snapshot, self.boards.change) = (snapshot, change);
    }

    /// Sends everybody a change of the topic, made only once for all who need
    /// it in the same form.
    fn tell(&mut self, topic: Topic, change: &Members) {
        let now = clock(change);
        let board = self.boards.board(topic);
        let identity = std::mem::take(&mut board.identity);
        let mut subscribers = std::mem::take(&mut board.subscribers);
        let mut lines = [None, None];
        for subscriber in &mut subscribers {
            let knows_the_time = subscriber.clock == now;
            let line = lines[usize::from(knows_the_time)].get_or_insert_with(|| {
                let told = |(name, _): &&Member| !knows_the_time || *name != CLOCK;
                let members = identity.iter().chain(change.iter().filter(told));
                self.encoder.message(topic.message_type(), members)
            });
            subscriber.clock = now;
            self.send_line(subscriber.id, line);
        }
        let board = self.boards.board(topic);
        (board.identity, board.subscribers) = (identity, subscribers);
    }
}
