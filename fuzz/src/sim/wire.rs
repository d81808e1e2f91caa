//! What must hold of the commands that a feed writes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use nordnet_proto::{FeedConfig, Subscription};

use super::{Checked, ensure};

/// The commands of a life and of its present connection.
pub(crate) struct Wire {
    per_second: usize,
    per_half_minute: usize,
    /// When the commands of the last 30 seconds were whole.
    times: VecDeque<Instant>,
    /// The commands that can occur, by their bytes.
    known: BTreeMap<Vec<u8>, (Subscription, bool)>,
    partial: Vec<u8>,
    /// How the login of the present connection has to begin.
    login: Vec<u8>,
    logged_in: bool,
    /// What is subscribed to on the present connection.
    on: BTreeSet<Subscription>,
    /// What was ended on it, and not told.
    ended: BTreeSet<Subscription>,
    /// How many more commands about each may follow, since errors were reported.
    crossed: BTreeMap<Subscription, u32>,
    /// Of which an error was reported on this connection.
    complained: BTreeSet<Subscription>,
    /// How often each was subscribed to in a row.
    tries: BTreeMap<Subscription, u32>,
    /// Which of several subscribes a tick is of is not known of these.
    pub(crate) unsure: Vec<Subscription>,
    /// How many errors there were that may have made all be sent again.
    resends: u32,
    /// What was wanted at some time since it came up.
    pub(crate) wanted: BTreeSet<Subscription>,
    /// Whether the server complained about the rate, so that commands repeat.
    pub(crate) repeats: bool,
}

impl Wire {
    pub(crate) fn new(config: &FeedConfig) -> Self {
        Self {
            per_second: config.commands_per_second,
            per_half_minute: config.commands_per_half_minute,
            times: VecDeque::new(),
            known: BTreeMap::new(),
            partial: Vec::new(),
            login: Vec::new(),
            logged_in: false,
            on: BTreeSet::new(),
            ended: BTreeSet::new(),
            crossed: BTreeMap::new(),
            complained: BTreeSet::new(),
            tries: BTreeMap::new(),
            unsure: Vec::new(),
            resends: 0,
            wanted: BTreeSet::new(),
            repeats: false,
        }
    }

    /// Notes a subscription that the user named.
    pub(crate) fn know(&mut self, subscription: &Subscription) {
        for wanted in [true, false] {
            let line = super::lines::command(subscription, wanted);
            self.known.insert(line, (subscription.clone(), wanted));
        }
    }

    pub(crate) fn read(&self, line: &[u8]) -> Option<&(Subscription, bool)> {
        self.known.get(line)
    }

    /// A new connection.
    pub(crate) fn connected(&mut self, key: &str, wanted: &BTreeSet<Subscription>) {
        self.partial.clear();
        let key = key.replace('\\', "\\\\").replace('"', "\\\"");
        self.login =
            format!("{{\"cmd\":\"login\",\"args\":{{\"session_key\":\"{key}\",").into_bytes();
        self.logged_in = false;
        self.on.clear();
        self.ended.clear();
        self.crossed.clear();
        self.complained.clear();
        self.tries.clear();
        self.resends = 0;
        self.wanted.clone_from(wanted);
        self.repeats = false;
    }

    /// Notes that the user was told of a refusal, which has to be the second one:
    /// it may be asked for again.
    pub(crate) fn refused(&mut self, subscription: &Subscription) -> Checked {
        self.on.remove(subscription);
        // It is ended if it has messages all the same.
        *self.crossed.entry(subscription.clone()).or_default() += 1;
        ensure(self.complained.contains(subscription), || {
            format!("{subscription} is refused and was not sent once more")
        })
    }

    /// Notes that the user was told of an error. If many commands were sent shortly
    /// before, any may be sent once more. What it names, if several of its subscribes
    /// may have been sent.
    pub(crate) fn complained(
        &mut self,
        command: Option<&str>,
        now: Instant,
    ) -> Option<Subscription> {
        // A feed counts a command from when all of its bytes were written, and those
        // of a torn write with it, so how many lie within a second is not compared.
        let recent = |at: &&Instant| **at + Duration::from_secs(31) > now;
        let count = self.times.iter().rev().take_while(recent).count();
        let many = 2 * count >= self.per_second.min(self.per_half_minute);
        if many {
            for (it, _) in self.known.values().filter(|(_, wanted)| *wanted) {
                *self.crossed.entry(it.clone()).or_default() += 1;
            }
            self.resends += 1;
        }
        let line = command.map(|command| format!("{command}\n").into_bytes());
        let named = line.and_then(|line| self.known.get(&line));
        let named = named.filter(|(_, wanted)| *wanted)?.0.clone();
        *self.crossed.entry(named.clone()).or_default() += 1;
        self.complained.insert(named.clone());
        let several = self.tries.get(&named).is_some_and(|tries| *tries > 1);
        (many || several || self.repeats).then_some(named)
    }

    /// Notes that a subscription is given up or wanted again.
    pub(crate) fn begins_anew(&mut self, subscription: &Subscription) {
        self.tries.remove(subscription);
    }

    /// All that the user ever named.
    pub(crate) fn subscriptions(&self) -> BTreeSet<&Subscription> {
        self.known.values().map(|(it, _)| it).collect()
    }

    /// Whether the end of a subscription may be told now.
    pub(crate) fn ended(&mut self, subscription: &Subscription) -> bool {
        self.ended.remove(subscription)
            || !self.on.contains(subscription)
            || self.crossed.contains_key(subscription)
    }

    /// Takes what was written. The lines that are whole now.
    pub(crate) fn write(&mut self, bytes: &[u8], now: Instant) -> Checked<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            if self.partial.ends_with(b"\n") {
                let line = std::mem::take(&mut self.partial);
                self.line(&line)?;
                self.count(now)?;
                lines.push(line);
            }
        }
        Ok(lines)
    }

    fn line(&mut self, line: &[u8]) -> Checked {
        if !self.logged_in {
            self.logged_in = true;
            let is_login = line.starts_with(&self.login);
            let shown = String::from_utf8_lossy(line);
            return ensure(is_login, || format!("not the login of this host: {shown}"));
        }
        let Some((subscription, wanted)) = self.known.get(line) else {
            return Err(format!(
                "no such command: {}",
                String::from_utf8_lossy(line)
            ));
        };
        if *wanted {
            ensure(self.wanted.contains(subscription), || {
                format!("{subscription} was not wanted since the connection came up")
            })?;
            let new = self.on.insert(subscription.clone());
            if !new && (self.resends > 0 || self.repeats) {
                self.unsure.push(subscription.clone());
            }
            let tries = self.tries.entry(subscription.clone()).or_default();
            *tries += 1;
            ensure(*tries <= 2 + self.resends || self.repeats, || {
                format!("{subscription} was refused and is subscribed to again and again")
            })?;
            ensure(
                new || self.repeats || may_cross(&mut self.crossed, subscription),
                || format!("{subscription} was subscribed to twice"),
            )
        } else {
            self.tries.remove(subscription);
            self.ended.insert(subscription.clone());
            let was_on = self.on.remove(subscription);
            ensure(
                was_on || self.repeats || may_cross(&mut self.crossed, subscription),
                || format!("{subscription} ended without a beginning"),
            )
        }
    }

    /// Counts a command within both sliding windows.
    fn count(&mut self, now: Instant) -> Checked {
        self.times.push_back(now);
        while self
            .times
            .front()
            .is_some_and(|at| *at + Duration::from_secs(30) <= now)
        {
            self.times.pop_front();
        }
        let second = |at: &&Instant| **at + Duration::from_secs(1) > now;
        let last_second = self.times.iter().rev().take_while(second).count();
        ensure(last_second <= self.per_second, || {
            format!("{last_second} commands within a second")
        })?;
        let all = self.times.len();
        ensure(all <= self.per_half_minute, || {
            format!("{all} commands within 30 seconds")
        })
    }
}

/// Whether one more command may follow an error.
fn may_cross(crossed: &mut BTreeMap<Subscription, u32>, subscription: &Subscription) -> bool {
    match crossed.get_mut(subscription) {
        Some(left @ 1..) => {
            *left -= 1;
            true
        }
        _ => false,
    }
}
