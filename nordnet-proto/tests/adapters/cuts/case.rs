//! What is cut, where, and how.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use nordnet_sim::{Cut, Direction};

/// What is going on when the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    /// Both requests of it, on one connection.
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

/// How many bytes go in and out if nothing is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) received: u64,
    pub(super) sent: u64,
}

/// One connection that is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) action: Action,
    pub(super) tls: bool,
    /// Whether the connection has been used before.
    pub(super) kept: bool,
    pub(super) direction: Direction,
    pub(super) cut: Cut,
    pub(super) at: u64,
    /// How many bytes would go this way.
    pub(super) of: u64,
}

/// What a client and a simulator are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) tls: bool,
    pub(super) keeps_connections: bool,
    /// How long the client waits for an answer, if that is all it waits for.
    pub(super) patience: Option<Duration>,
}

/// How long a hasty client waits, and how long one that was too hasty.
const HASTE: Duration = Duration::from_millis(250);
const LEAST_HASTE: Duration = Duration::from_secs(4);

impl Setting {
    /// With four times the patience, unless that is enough.
    pub(super) fn more_patient(self) -> Option<Self> {
        let patience = self.patience.filter(|patience| *patience < LEAST_HASTE)?;
        Some(Self {
            patience: Some(patience * 4),
            ..self
        })
    }
}

/// When the connection is cut, as far as the exchange is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strike {
    /// Before all was received.
    Before,
    /// After all was received, before all was answered.
    After,
    /// Not at all: there was nothing more to come.
    Never,
}

impl Case {
    pub(super) fn setting(&self) -> Setting {
        Setting {
            tls: self.tls,
            keeps_connections: self.kept || self.action == Action::Login,
            patience: (self.cut == Cut::Stall && self.strike() != Strike::Never).then_some(HASTE),
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

/// Every case, or one in so many and the borders, by their settings.
pub(super) fn all(lengths: impl Fn(bool) -> BTreeMap<Action, Lengths>, step: u64) -> Vec<Case> {
    let mut cases = Vec::new();
    for tls in [false, true] {
        let lengths = lengths(tls);
        for action in Action::ALL {
            let Lengths { received, sent } = lengths[&action];
            // Connections without TLS know of no farewell.
            let cuts = [Cut::Abrupt, Cut::Reset, Cut::Stall, Cut::Clean];
            let cuts = if tls { &cuts[..] } else { &cuts[..3] };
            let keeps = Action::CALLS.contains(&action) && !tls;
            for kept in [false, true].into_iter().filter(|kept| !kept || keeps) {
                for (direction, of) in [(Direction::In, received), (Direction::Out, sent)] {
                    for cut in cuts {
                        // Each begins elsewhere, so that together they see more.
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
