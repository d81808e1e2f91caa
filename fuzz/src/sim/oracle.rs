//! What a feed may tell, from nothing but what it was given.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use nordnet_proto::{
    CloseReason, Counters, Decoded, DisconnectReason, Disconnected, Event, Failure, FeedConfig,
    Gap, Reconnect, Subscription,
};

use super::incoming::{Incoming, Line};
use super::kind::SimKind;
use super::sessions::CANARY;
use super::{Checked, ensure};

/// How much may be received and not asked for, beyond the longest line.
pub(crate) const BACKLOG: usize = 1024 * 1024;

/// What the events of a life have to be.
pub(crate) struct Oracle {
    pub(crate) config: FeedConfig,
    pub(crate) private: bool,
    /// The latest time that the feed was told.
    pub(crate) clock: Instant,
    /// When its events were taken out the last time.
    drained: Instant,
    pub(crate) incoming: Option<Incoming>,
    pub(crate) up: bool,
    pub(crate) closed: bool,
    /// What the user wants.
    pub(crate) wanted: BTreeSet<Subscription>,
    /// Not before when the next connect or login may be asked for.
    pub(crate) retry_at: Option<Instant>,
    /// When a gap began, at the earliest and at the latest.
    gap: Option<(Instant, Instant)>,
    /// The losses and failed tries since the waits began anew.
    failures: u32,
    /// How a feed may end by itself.
    pub(crate) asked_to_close: bool,
    pub(crate) login_refused: bool,
    /// How many logins were rejected in a row, the first and the last time.
    rejected: Option<(u32, Instant, Instant)>,
    /// Whether events are searched for the key.
    pub(crate) secrets: bool,
    pub(crate) counts: Counts,
}

/// What the counters of the feed have to say at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) messages: u64,
    pub(crate) errors: u64,
    pub(crate) refused: u64,
    pub(crate) malformed: u64,
    pub(crate) truncated: u64,
    pub(crate) connects: u64,
    pub(crate) losses: u64,
    pub(crate) gaps: u64,
}

impl Oracle {
    pub(crate) fn new(config: FeedConfig, private: bool, now: Instant) -> Self {
        Self {
            config,
            private,
            clock: now,
            drained: now,
            incoming: None,
            up: false,
            closed: false,
            wanted: BTreeSet::new(),
            retry_at: None,
            gap: None,
            failures: 0,
            asked_to_close: false,
            login_refused: false,
            rejected: None,
            secrets: false,
            counts: Counts::default(),
        }
    }

    /// Notes that there are no more events for now.
    pub(crate) fn drained(&mut self) {
        self.drained = self.clock;
    }

    pub(crate) fn event<K: SimKind>(&mut self, event: &Event<K::Message>) -> Checked {
        ensure(!self.closed, || format!("{event:?} after the end"))?;
        if self.secrets {
            let shown = format!("{event:?}");
            ensure(!shown.contains(CANARY), || format!("a key in {shown}"))?;
        }
        match event {
            Event::Connected { after_gap } => self.connected(after_gap.as_ref()),
            Event::Live { after_gap } => self.live::<K>(after_gap.as_ref()),
            Event::Disconnected(lost) => self.disconnected::<K>(lost),
            Event::Closed(reason) => self.ended(reason),
            // The desk looks at it.
            Event::Unsubscribed(_) => Ok(()),
            event => self.told::<K>(event),
        }
    }

    fn connected(&mut self, after_gap: Option<&Gap>) -> Checked {
        ensure(!self.up, || "up twice".into())?;
        let incoming = self.incoming.as_mut().ok_or("up without a connection")?;
        self.up = true;
        incoming.announced = true;
        let waiting = self.wanted.iter().filter(|it| it.has_full_tick()).count();
        self.gap(after_gap, waiting..=waiting)
    }

    /// The first message of a connection is announced once, before its own event.
    fn live<K: SimKind>(&mut self, after_gap: Option<&Gap>) -> Checked {
        ensure(self.up, || "live while down".into())?;
        let incoming = self.incoming.as_mut().ok_or("live without a connection")?;
        ensure(incoming.live_since.is_none(), || "live twice".into())?;
        let next = incoming.clone().next_line(self.config.max_line);
        let proven = match &next {
            Some(Line::Whole(line)) => matches!(K::parse(line), Ok(Decoded::Message(_))),
            _ => false,
        };
        ensure(proven, || format!("live at {next:?}"))?;
        incoming.live_since = Some(self.clock);
        // A tick that cannot be read counts as the first one.
        let waiting = self.wanted.iter().filter(|it| it.has_full_tick()).count();
        self.gap(after_gap, 0..=waiting)?;
        self.gap = None;
        self.rejected = None;
        Ok(())
    }

    fn gap(&self, after_gap: Option<&Gap>, waiting: RangeInclusive<usize>) -> Checked {
        let Some((earliest, latest)) = self.gap else {
            return ensure(after_gap.is_none(), || format!("no gap, but {after_gap:?}"));
        };
        let gap = after_gap.ok_or("a gap that is not told")?;
        ensure(
            earliest <= gap.since
                && gap.since <= latest
                && gap.length <= self.clock - gap.since
                && waiting.contains(&gap.without_full_tick),
            || format!("{gap:?} but it began {earliest:?}..{latest:?} and {waiting:?} wait"),
        )
    }

    /// An event that comes from a line.
    fn told<K: SimKind>(&mut self, event: &Event<K::Message>) -> Checked {
        ensure(self.up, || format!("{event:?} while down"))?;
        let incoming = self.incoming.as_mut().ok_or("an event from nowhere")?;
        let line = incoming.next_line(self.config.max_line);
        let Some(Line::Whole(line)) = line else {
            return Err(format!("{event:?} from {line:?}"));
        };
        let fits = match event {
            Event::Message(message) => {
                self.counts.messages += 1;
                ensure(incoming.live_since.is_some(), || {
                    "a message before the feed is live".into()
                })?;
                incoming.message::<K>(message, &line)?
            }
            Event::Malformed(malformed) => {
                self.counts.malformed += 1;
                malformed.bytes.len() <= 256 && K::parse(&line).is_err()
            }
            Event::Refused { subscription, .. } => {
                self.counts.errors += 1;
                self.counts.refused += 1;
                incoming.is_about::<K>(&line, subscription)
            }
            Event::Error { .. } => {
                self.counts.errors += 1;
                incoming.is_complaint::<K>(&line, self.private)
            }
            _ => false,
        };
        ensure(fits, || {
            format!("{event:?} from {:?}", String::from_utf8_lossy(&line))
        })
    }

    fn disconnected<K: SimKind>(&mut self, lost: &Disconnected) -> Checked {
        self.up = false;
        let mut lasting = lost.reason == DisconnectReason::Displaced;
        let mut wait = Duration::ZERO;
        match &lost.reason {
            DisconnectReason::LoginFailed(error) => wait = error.wait().unwrap_or_default(),
            DisconnectReason::Failed(failure) => lasting = Failure::is_lasting(failure),
            DisconnectReason::Displaced => {
                ensure(self.private, || "displaced on the public feed".into())?;
            }
            _ => {}
        }
        if let Some(mut incoming) = self.incoming.take() {
            let truncated = incoming.left::<K>(lost, &self.config, self.clock)?;
            ensure(truncated == lost.truncated, || {
                format!("{lost:?} but {truncated} bytes are left")
            })?;
            self.counts.truncated += u64::from(truncated > 0);
            if matches!(lost.reason, DisconnectReason::LoginRejected(_)) {
                self.counts.errors += 1;
                let (count, first) = self.rejected.map_or((0, self.clock), |it| (it.0, it.1));
                self.rejected = Some((count + 1, first, self.clock));
            }
            if incoming.announced {
                self.counts.losses += 1;
                if self.gap.is_none() {
                    self.counts.gaps += 1;
                    self.gap = Some((self.drained, self.clock));
                }
            }
            let healthy = incoming
                .live_since
                .is_some_and(|since| incoming.last_input >= since + self.config.healthy_after);
            if healthy {
                self.failures = 0;
            }
        }
        self.retry(lost, lasting, wait)
    }

    /// When the next try may come.
    fn retry(&mut self, lost: &Disconnected, lasting: bool, wait: Duration) -> Checked {
        let cap = self.config.backoff_cap;
        if lasting {
            self.failures = self.failures.max(31);
        }
        let doubled = 1_u32 << self.failures.min(31);
        let ceiling = self.config.backoff_first.saturating_mul(doubled).min(cap);
        self.failures = self.failures.saturating_add(1);
        self.retry_at = lost.retry_at;
        let Some(retry_at) = lost.retry_at else {
            let never = self.config.reconnect == Reconnect::Never;
            return ensure(never, || "no further try".into());
        };
        let floor = Duration::from_millis((ceiling.as_millis() / 10) as u64).max(wait);
        let (first, last) = (self.drained + floor, self.clock + ceiling.max(wait));
        ensure(first <= retry_at && retry_at <= last, || {
            format!("{lost:?}: the next try should come {first:?}..{last:?}")
        })
    }

    fn ended(&mut self, reason: &CloseReason) -> Checked {
        self.closed = true;
        self.up = false;
        self.incoming = None;
        let fits = match reason {
            CloseReason::Asked => self.asked_to_close,
            CloseReason::LoginRefused(_) => self.login_refused,
            CloseReason::FeedRefused(_) => self.rejected.is_some_and(|(count, first, last)| {
                count >= 3 && last >= first + self.config.rejected_for
            }),
            CloseReason::Lost => self.config.reconnect == Reconnect::Never,
            _ => false,
        };
        ensure(fits, || format!("no reason to end: {reason:?}"))
    }

    /// What must hold once the feed knows the time and has told all.
    pub(crate) fn settled(&self) -> Checked {
        let Some(incoming) = &self.incoming else {
            return Ok(());
        };
        ensure(!incoming.ended, || "an end that is not told".into())?;
        ensure(
            self.clock < incoming.last_input + self.config.silence,
            || "a silent connection is kept".into(),
        )?;
        let slow = incoming
            .line_since
            .is_some_and(|since| self.clock >= since + self.config.line_deadline);
        ensure(!slow, || "a slow line is waited for".into())?;
        let mut rest = incoming.clone();
        let more = rest.next_line(self.config.max_line);
        ensure(more.is_none(), || format!("not told: {more:?}"))
    }
}

impl Oracle {
    /// Which ticks are first cannot be said any more.
    pub(crate) fn unsure_of_all(&mut self) {
        if let Some(incoming) = &mut self.incoming {
            incoming.unsure_of_all = true;
        }
    }

    pub(crate) fn unsure_of(&mut self, subscription: &Subscription) {
        if let Some(incoming) = &mut self.incoming {
            incoming.unsure.insert(subscription.clone());
        }
    }

    pub(crate) fn is_unsure_of(&self, subscription: &Subscription) -> bool {
        let incoming = self.incoming.as_ref();
        incoming.is_none_or(|incoming| incoming.unsure.contains(subscription))
    }

    pub(crate) fn check_counters(&self, counters: &Counters) -> Checked {
        let counted = Counts {
            messages: counters.messages() - counters.errors,
            errors: counters.errors,
            refused: counters.refused,
            malformed: counters.malformed,
            truncated: counters.truncated,
            connects: counters.connects,
            losses: counters.losses,
            gaps: counters.gaps,
        };
        ensure(self.counts == counted, || {
            format!("counted {counted:?}, and it was {:?}", self.counts)
        })
    }
}
