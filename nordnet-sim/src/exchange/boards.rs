//! Who has subscribed to what, and what they were last told.

use crate::json::{Field, Heading, Json, Scalar};

use super::Exchange;
use super::feed::{ConnectionId, Topic};
use super::ticks::{CLOCK, delta};

/// The boards of all topics that there are.
#[derive(Debug)]
pub(crate) struct Boards {
    /// None where nobody has subscribed.
    boards: Vec<Option<Box<Board>>>,
    listings: usize,
    indicators: usize,
    /// Room for a message that is being made.
    snapshot: Vec<Field>,
    change: Vec<Field>,
}

/// What is told of a topic. All subscribers know the same, but for the time:
/// a change of the time alone is not told.
#[derive(Debug)]
struct Board {
    heading: Heading,
    told: Vec<Scalar>,
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
        boards.boards.resize_with(count, || None);
        boards
    }

    pub(crate) fn has_subscribers(&self, topic: Topic) -> bool {
        self.boards[self.place(topic)].is_some()
    }

    fn board(&mut self, topic: Topic) -> &mut Option<Box<Board>> {
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

fn clock(fields: &[Field]) -> Option<i64> {
    fields.iter().find_map(|field| match field {
        (CLOCK, Scalar::Int(at)) => Some(*at),
        _ => None,
    })
}

impl Exchange {
    /// Takes in a subscriber and tells it all of the topic.
    pub(super) fn subscribe(&mut self, topic: Topic, id: ConnectionId) {
        // From here on the others must know what the newcomer does.
        self.tell_change(topic);
        let mut snapshot = Vec::new();
        self.snapshot(topic, &mut snapshot);
        let mut board = self.boards.board(topic).take().unwrap_or_else(|| {
            let identity = self.identity(topic);
            Box::new(Board {
                heading: self.encoder.heading(topic.message_type(), identity),
                told: Vec::new(),
                subscribers: Vec::new(),
            })
        });
        if !snapshot.is_empty() {
            let line = self.encoder.message(&board.heading, snapshot.iter());
            self.send_line(id, &line);
        }
        board.subscribers.retain(|one| one.id != id);
        board.subscribers.push(Subscriber {
            id,
            clock: clock(&snapshot),
        });
        board.told = snapshot.into_iter().map(|(_, value)| value).collect();
        *self.boards.board(topic) = Some(board);
    }

    pub(super) fn unsubscribe(&mut self, topic: Topic, id: ConnectionId) {
        let place = self.boards.board(topic);
        if let Some(board) = place {
            board.subscribers.retain(|one| one.id != id);
            if board.subscribers.is_empty() {
                *place = None;
            }
        }
    }

    /// Sends a whole message to everybody who has subscribed to the topic.
    pub(super) fn tell_subscribers(&mut self, topic: Topic, message: &Json) {
        let Some(board) = self.boards.board(topic).take() else {
            return;
        };
        let line = self.encoder.line(message);
        for subscriber in &board.subscribers {
            self.send_line(subscriber.id, &line);
        }
        *self.boards.board(topic) = Some(board);
    }

    /// Sends everybody what changed of the topic since they were last told.
    pub(super) fn tell_change(&mut self, topic: Topic) {
        let Some(mut board) = self.boards.board(topic).take() else {
            return;
        };
        let mut snapshot = std::mem::take(&mut self.boards.snapshot);
        let mut change = std::mem::take(&mut self.boards.change);
        self.snapshot(topic, &mut snapshot);
        if delta(&mut board.told, &snapshot, &mut change) {
            self.tell(&mut board, &change);
        }
        *self.boards.board(topic) = Some(board);
        snapshot.clear();
        change.clear();
        (self.boards.snapshot, self.boards.change) = (snapshot, change);
    }

    /// Sends everybody a change of a topic, made only once for all who need it
    /// in the same form.
    fn tell(&mut self, board: &mut Board, change: &[Field]) {
        let now = clock(change);
        let mut lines = [None, None];
        for subscriber in &mut board.subscribers {
            let knows_the_time = subscriber.clock == now;
            let line = lines[usize::from(knows_the_time)].get_or_insert_with(|| {
                let told = |(name, _): &&Field| !knows_the_time || *name != CLOCK;
                let fields = change.iter().filter(told);
                self.encoder.message(&board.heading, fields)
            });
            subscriber.clock = now;
            self.send_line(subscriber.id, line);
        }
    }
}
