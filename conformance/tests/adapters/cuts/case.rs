//! What is cut, where, and how.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use nordnet_sim::{Cut, Direction};

/// What is going on when the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    /// Both requests of a login, on one connection.
    Login,
    Read,
    Place,
    Modify,
    Cancel,
    /// The feed of market data: its login, a subscription and the first tick.
    Market,
    /// The feed of own orders and trades: its login and a message.
    Account,
}

impl Action {
    pub(super) const CALLS: [Self; 4] = [Self::Read, Self::Place, Self::Modify, Self::Cancel];

    const ALL: [Self; 7] = [
        Self::Login,
        Self::Read,
        Self::Place,
        Self::Modify,
        Self::Cancel,
        Self::Market,
        Self::Account,
    ];
}

/// How many bytes go each way if nothing is cut; as the simulator sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) received: u64,
    pub(super) sent: u64,
}

/// A connection that is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) action: Action,
    pub(super) tls: bool,
    /// Whether the connection has been used before.
    pub(super) kept: bool,
    pub(super) direction: Direction,
    pub(super) cut: Cut,
    pub(super) at: u64,
    /// How many bytes would go this way without the cut.
    pub(super) of: u64,
}

/// How the client and the simulator of a case are set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) tls: bool,
    pub(super) keeps_connections: bool,
    /// How long the client waits for a response, if it is one that never comes.
    pub(super) patience: Option<Duration>,
}

/// How long the client waits for a response that never comes, and how long at most if
/// that was too short.
const PATIENCE: Duration = Duration::from_millis(250);
const MOST_PATIENCE: Duration = Duration::from_secs(4);

impl Setting {
    /// The same with four times the patience; `None` if that is too much.
    pub(super) fn more_patient(self) -> Option<Self> {
        let patience = self.patience.filter(|patience| *patience < MOST_PATIENCE)?;
        Some(Self {
            patience: Some(patience * 4),
            ..self
        })
    }
}

/// When the connection is cut, as the exchange sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strike {
    /// Before the whole request was received.
    Before,
    /// After that, and before the whole response was sent.
    After,
    /// Not at all: there were no more bytes.
    Never,
}

impl Case {
    pub(super) fn setting(&self) -> Setting {
        Setting {
            tls: self.tls,
            keeps_connections: self.kept || self.action == Action::Login,
            patience: (self.cut == Cut::Stall && self.strike() != Strike::Never)
                .then_some(PATIENCE),
        }
    }

    pub(super) fn strike(&self) -> Strike {
        match self.direction {
            Direction::In if self.at < self.of => Strike::Before,
            Direction::Out if self.at >= self.of => Strike::Never,
            Direction::In | Direction::Out => Strike::After,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.action)?;
        f.write_str(if self.tls { " over TLS" } else { "" })?;
        f.write_str(if self.kept {
            " on a kept connection"
        } else {
            ""
        })?;
        write!(
            f,
            ", {:?} at byte {} of {} {:?}",
            self.cut, self.at, self.of, self.direction
        )
    }
}

/// A case for one byte in `step` and for the first and last ones, sorted by setting.
pub(super) fn all(lengths: impl Fn(bool) -> BTreeMap<Action, Lengths>, step: u64) -> Vec<Case> {
    let mut cases = Vec::new();
    for tls in [false, true] {
        let lengths = lengths(tls);
        for action in Action::ALL {
            let Lengths { received, sent } = lengths[&action];
            // A clean end is one of TLS.
            let cuts = [Cut::Abrupt, Cut::Reset, Cut::Stall, Cut::Clean];
            let cuts = if tls { &cuts[..] } else { &cuts[..3] };
            let keeps = Action::CALLS.contains(&action) && !tls;
            for kept in [false, true].into_iter().filter(|kept| !kept || keeps) {
                for (direction, of) in [(Direction::In, received), (Direction::Out, sent)] {
                    for cut in cuts {
                        // Each begins elsewhere, so that together they cover more.
                        let first = cases.len() as u64 % step;
                        let inner = (first..of).step_by(step as usize);
                        let mut ats: Vec<_> = inner.chain([0, 1, of - 1, of]).collect();
                        ats.sort_unstable();
                        ats.dedup();
                        cases.extend(ats.into_iter().map(|at| Case {
                            action,
                            tls,
                            kept,
                            direction,
                            cut: *cut,
                            at,
                            of,
                        }));
                    }
                }
            }
        }
    }
    cases.sort_by_key(|case| {
        let setting = case.setting();
        (setting.patience, setting.tls, setting.keeps_connections)
    });
    cases
}
