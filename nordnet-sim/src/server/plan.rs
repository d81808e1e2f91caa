//! What is planned for connections that are to come.

use std::collections::VecDeque;
use std::time::Duration;

use crate::exchange::{Answer, Cut, FeedKind};

/// One of the three ports that the API has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Requests and responses.
    Rest,
    /// The feed of market data.
    Public,
    /// The feed of own orders and trades.
    Private,
}

impl From<FeedKind> for Channel {
    fn from(kind: FeedKind) -> Self {
        match kind {
            FeedKind::Public => Self::Public,
            FeedKind::Private => Self::Private,
        }
    }
}

/// Which way bytes go, as the server sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What the client sends.
    In,
    /// What the client receives.
    Out,
}

/// What waits for the next connection to a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Welcome {
    /// It is cut after so many bytes.
    Cut(Direction, u64, Cut),
    /// The TLS handshake is never answered.
    NoHandshake,
    /// The first request is answered before it is read.
    Early(Box<Answer>),
}

/// What is planned for one port.
#[derive(Debug, Default)]
pub(super) struct Plan {
    welcomes: VecDeque<Welcome>,
    refused_until: Duration,
}

impl Plan {
    pub(super) fn push(&mut self, welcome: Welcome) {
        self.welcomes.push_back(welcome);
    }

    pub(super) fn take(&mut self) -> Option<Welcome> {
        self.welcomes.pop_front()
    }

    pub(super) fn refuse(&mut self, until: Duration) {
        self.refused_until = until;
    }

    /// Returns until when connections are refused; it may be over.
    pub(super) fn refused_until(&self) -> Duration {
        self.refused_until
    }
}
