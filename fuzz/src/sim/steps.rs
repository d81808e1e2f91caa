//! What the user, chance and other programs do.

use std::time::Duration;

use nordnet_proto::{
    FeedState, IndicatorId, NewsSourceId, Subscription, SubscriptionState, TradableId,
};

use super::Checked;
use super::kind::SimKind;
use super::lines;
use super::link::End;
use super::plan::{Fault, rate};
use super::world::{Action, Connection, Phase, World};

impl<K: SimKind> World<K> {
    /// One thing happens.
    pub(crate) fn step(&mut self) -> Checked {
        if self.quiet {
            return Ok(());
        }
        let pause = if self.rng.one_in(10) {
            self.rng.millis(1000, 40_000)
        } else {
            self.rng.millis(1, 3000)
        };
        self.after(pause, Action::Step);
        if self.rng.one_in(6) || self.hit(Fault::Churn, 1) {
            let subscription = self.some_subscription();
            let wanted = self.rng.below(5) < 3;
            self.want(&subscription, wanted);
        }
        if self.hit(Fault::Churn, 2) {
            self.waver();
        }
        if self.hit(Fault::Bulk, 30) {
            let most = 25 * rate(&self.oracle.config);
            let count = self.dice(Fault::Bulk).range(most / 10, most);
            let wanted = self.dice(Fault::Bulk).below(3) > 0;
            for id in 0..count {
                let id = TradableId::new(12, id.to_string());
                self.want(&Subscription::Price(id), wanted);
            }
        }
        if self.hit(Fault::Restart, 12) {
            let how = match self.dice(Fault::Restart).one_in(2) {
                true => End::InGoodOrder,
                false => End::Reset,
            };
            self.hang_up(how);
        }
        if self.plan.is_private() && self.hit(Fault::Displace, 2) {
            self.hang_up(End::InGoodOrder);
        }
        if self.hit(Fault::Expire, 20) {
            self.sessions.expired = true;
            if self.dice(Fault::Expire).one_in(2) {
                self.hang_up(End::InGoodOrder);
            }
        }
        if self.hit(Fault::Renewed, 15) {
            self.renew();
        }
        if self.hit(Fault::OldLogin, 5) {
            self.old_login();
        }
        self.strange_lines();
        if self.hit(Fault::CloseEarly, 30) {
            self.note(|| "close".into());
            self.oracle.asked_to_close = true;
            self.feed.close(self.now);
            self.oracle.clock = self.now;
            self.oracle.incoming = None;
        }
        Ok(())
    }

    /// The server says what it should not.
    fn strange_lines(&mut self) {
        let up = |link: &Connection| link.phase == Phase::Up;
        if !self.link.as_ref().is_some_and(up) {
            return;
        }
        if self.hit(Fault::Garbage, 3) {
            let line = lines::garbage(self.dice(Fault::Garbage));
            self.say(line);
        }
        if self.hit(Fault::BareErr, 20) {
            let line = lines::err("something failed", None, &mut self.rng);
            self.say(line.as_bytes());
        }
        if self.hit(Fault::EchoKey, 4)
            && let Some(key) = self.key_seen().map(str::to_owned)
        {
            let echoes = [
                format!("{{\"type\":\"{key}\",\"data\":{{\"k\":\"{key}\"}}}}\n"),
                format!("{{\"type\":\"price\",\"data\":\"{key}\"}}\n"),
                format!("no json, but {key}\n"),
                format!("{}{key}\n", "x".repeat(250)),
                format!(
                    "{{\"type\":\"err\",\"data\":{{\"msg\":\"{key}\",\"cmd\":{{\"cmd\":\"x\",\"args\":\"{key}\"}}}}}}\n"
                ),
            ];
            let echo = self.dice(Fault::EchoKey).pick(&echoes).clone();
            self.say(echo.as_bytes());
        }
        let max_line = self.oracle.config.max_line;
        if self.hit(Fault::LongLine, 12) {
            let more = self.dice(Fault::LongLine).below(3);
            let frame = "{\"type\":\"long\",\"data\":\"\"}".len();
            let text = "y".repeat(max_line + more - frame - 1);
            self.say(format!("{{\"type\":\"long\",\"data\":\"{text}\"}}\n").as_bytes());
        }
        if self.hit(Fault::EndlessLine, 25) {
            self.say(&vec![b'z'; max_line * 2]);
        }
        if self.hit(Fault::Flood, 25) {
            let text = "f".repeat(max_line - 30);
            let line = format!("{{\"type\":\"flood\",\"data\":\"{text}\"}}\n");
            let count = (super::oracle::BACKLOG + 200_000) / line.len();
            self.say(line.repeat(count).as_bytes());
        }
    }

    fn some_subscription(&mut self) -> Subscription {
        let id = self.rng.range(1, 9).to_string();
        let tradable = || TradableId::new(11, &id);
        match self.rng.below(6) {
            0 | 1 => Subscription::Price(tradable()),
            2 => Subscription::Depth(tradable()),
            3 => match self.rng.one_in(2) {
                true => Subscription::Trade(tradable()),
                false => Subscription::TradingStatus(tradable()),
            },
            4 => Subscription::Indicator(IndicatorId::new("SSE", id)),
            _ => Subscription::News(NewsSourceId::new(self.rng.range(1, 3) as i64)),
        }
    }

    /// Wants again what was given up the last time; gives up some of what comes,
    /// and wants a part of it again at once.
    fn waver(&mut self) {
        for missed in std::mem::take(&mut self.desk.missed) {
            self.want(&missed, true);
        }
        let mut some: Vec<_> = self.oracle.wanted.iter().cloned().collect();
        let dice = self.dice(Fault::Churn);
        some.retain(|_| dice.one_in(3));
        some.truncate(4);
        let again = dice.below(some.len() + 1);
        some.iter().for_each(|it| self.want(it, false));
        some.iter().take(again).for_each(|it| self.want(it, true));
        self.desk.missed = some.split_off(again);
    }

    fn want(&mut self, subscription: &Subscription, wanted: bool) {
        if self.plan.is_private() || self.feed.state() == FeedState::Closed {
            return;
        }
        let verb = if wanted { "subscribe" } else { "unsubscribe" };
        self.note(|| format!("{verb} {subscription}"));
        self.wire.know(subscription);
        self.wire.begins_anew(subscription);
        if wanted {
            self.oracle.wanted.insert(subscription.clone());
            self.wire.wanted.insert(subscription.clone());
            self.desk.want(subscription, true);
        } else if self.oracle.wanted.remove(subscription) {
            self.oracle.unsure_of(subscription);
            self.desk.want(subscription, false);
        }
        K::want(&mut self.feed, subscription, wanted, self.now);
        self.oracle.clock = self.now;
    }

    /// Five minutes or more without a fault: all is well again.
    pub(crate) fn rest(&mut self) -> Checked {
        self.quiet = true;
        self.note(|| "quiet from here on".into());
        self.driver.asleep_until = self.now;
        self.driver.forgetful_until = self.now;
        self.driver.blocked_until = self.now;
        self.after(Duration::ZERO, Action::Wake);
        if let Some(link) = &mut self.link {
            link.link.cut = None;
        }
        // What was lost in silence comes back only with a new connection.
        if self.link.as_ref().is_some_and(|link| link.peer.dirty) || self.rng.one_in(3) {
            self.hang_up(End::InGoodOrder);
        }
        let backlog = 4 * (self.oracle.wanted.len() + 100) / rate(&self.oracle.config);
        let end = self.now + Duration::from_secs(300 + 2 * backlog as u64);
        let mut well_since = None;
        while !self.oracle.closed && self.turn(end)? {
            if !self.is_well() {
                well_since = None;
                continue;
            }
            // It has to stay well for a while.
            let since = *well_since.get_or_insert(self.now);
            if self.now >= since + Duration::from_secs(40) {
                break;
            }
        }
        if self.oracle.closed {
            return Ok(());
        }
        self.check_well()
    }

    /// Whether the feed is up and the server knows what is wanted.
    fn is_well(&self) -> bool {
        let settled = self.feed.transmit().is_empty() && self.is_live();
        settled && self.knows_the_wanted() && !self.has_waiting()
    }

    fn check_well(&self) -> Checked {
        super::ensure(self.is_live(), || {
            format!("not live after quiet but {:?}", self.feed)
        })?;
        super::ensure(!self.has_waiting(), || {
            format!("waits without a command: {:?}", K::states(&self.feed))
        })?;
        self.check_refusals()?;
        self.check_subscriptions()?;
        self.check_market()
    }

    fn knows_the_wanted(&self) -> bool {
        let wanted = self.oracle.wanted.iter().filter(|it| !self.refuses(it));
        let link = self.link.as_ref();
        link.is_some_and(|link| wanted.eq(link.peer.subscriptions.keys()))
    }

    fn has_waiting(&self) -> bool {
        let states = K::states(&self.feed);
        let mut states = states.iter().map(|(_, state)| *state);
        states.any(|state| state == SubscriptionState::Waiting)
    }

    /// Only what the server refuses whenever it is asked is refused.
    fn check_refusals(&self) -> Checked {
        // A changed error may name another subscription.
        let broken = self.plan.has(Fault::Corrupt);
        let states = K::states(&self.feed);
        let wrong = states.iter().find(|(it, state)| {
            *state == SubscriptionState::Refused && !self.refuses(it) && !broken
        });
        super::ensure(wrong.is_none(), || format!("not refused: {wrong:?}"))
    }

    fn check_subscriptions(&self) -> Checked {
        let Some(link) = &self.link else {
            return Err("no connection after quiet".into());
        };
        if self.knows_the_wanted() {
            return Ok(());
        }
        let wanted = self.oracle.wanted.iter().filter(|it| !self.refuses(it));
        let on = link.peer.subscriptions.keys();
        let (wanted, on): (Vec<_>, Vec<_>) = (wanted.collect(), on.collect());
        let missing: Vec<_> = wanted.iter().filter(|it| !on.contains(it)).collect();
        let extra: Vec<_> = on.iter().filter(|it| !wanted.contains(it)).collect();
        Err(format!(
            "after quiet {missing:?} are missing and {extra:?} are left"
        ))
    }

    /// The end of the life: closed, once, and silent from then on.
    pub(crate) fn end(&mut self) -> Checked {
        let told = K::states(&self.feed);
        let told: Vec<_> = told.iter().map(|(it, _)| it).collect();
        super::ensure(
            self.oracle.closed || told.iter().copied().eq(self.oracle.wanted.iter()),
            || format!("{told:?} told as wanted"),
        )?;
        if !self.oracle.closed {
            self.note(|| "close".into());
            self.oracle.asked_to_close = true;
            self.feed.close(self.now);
            self.oracle.incoming = None;
        }
        self.drive()?;
        super::ensure(self.oracle.closed, || "closing is not told".into())?;
        for _ in 0..3 {
            self.now += Duration::from_secs(100);
            self.feed.close(self.now);
            self.feed.handle_timeout(self.now);
            if let Some(session) = self.sessions.all().last().cloned() {
                self.feed.handle_login(Ok(session), self.now);
            }
            let silent = self.feed.poll_output().is_none() && self.feed.poll_timeout().is_none();
            super::ensure(silent && self.feed.transmit().is_empty(), || {
                "not silent after the end".into()
            })?;
        }
        self.oracle.check_counters(self.feed.counters())
    }
}
