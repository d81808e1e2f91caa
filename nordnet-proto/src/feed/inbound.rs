//! What the received lines make happen.

use std::time::Instant;

use super::Feed;
use super::event::{DisconnectReason, Event, Gap};
use super::kind::Kind;
use super::malformed::{Malformed, MalformedReason, excerpt};
use super::server_error::{About, ServerError};
use super::state::{LoginLine, Open, State};
use super::subscriptions::SubscribeRefusal;
use crate::scrub::Scrub;
use crate::session_key::SessionKey;

impl<K: Kind> Feed<K> {
    /// An event for [`Feed::read_ahead`] to overwrite.
    #[inline(always)]
    #[must_use]
    pub fn placeholder() -> Event<K::Message> {
        Event::Message(K::heartbeat())
    }

    /// Overwrites the placeholder `event` with the next one, and returns `true` if there
    /// is one: first from the received bytes, then the end of their connection.
    #[inline(always)]
    pub(super) fn next_event(&mut self, event: &mut Event<K::Message>) -> bool {
        if self.read_ahead(event) {
            return true;
        }
        let next = self.next_other_event();
        next.map(|next| *event = next).is_some()
    }

    /// Overwrites the placeholder `event` with the next message, and returns `true`,
    /// if a message is buffered and can be read without further work. Otherwise use
    /// [`Feed::poll_output`].
    ///
    /// The event is written in place, because moving a tick costs as much as reading
    /// two of its members.
    #[inline(always)]
    pub fn read_ahead(&mut self, event: &mut Event<K::Message>) -> bool {
        // A failed connection need not be checked for: no other one comes up before it
        // is reported. The first message of a connection takes the slower way, because
        // `Event::Live` comes before it.
        if !self.subscriptions.has_ended()
            && let State::Open(Open {
                live_since: Some(_),
                ..
            }) = self.state
            && let Event::Message(message) = event
            && self.lines.read_ahead(|lines| K::read_ahead(message, lines))
        {
            self.note(message);
            return true;
        }
        false
    }

    #[inline(never)]
    fn next_other_event(&mut self) -> Option<Event<K::Message>> {
        if let Some(notice) = self.notice.take() {
            return Some(Event::Disconnected(notice));
        }
        if let Some(subscription) = self.subscriptions.next_ended() {
            return Some(Event::Unsubscribed(subscription));
        }
        let now = self.now?;
        while let State::Open(open) = &mut self.state {
            if !open.announced && (open.login == LoginLine::Sent || self.lines.has_line()) {
                open.announced = true;
                let after_gap = self.gap(now);
                return Some(Event::Connected { after_gap });
            }
            let position = self.lines.position();
            let line = match self.lines.next_line() {
                None => break,
                Some(Ok(b"")) => {
                    self.counters.empty_lines += 1;
                    continue;
                }
                Some(Ok(line)) => line,
                Some(Err(too_long)) => {
                    self.ending = None;
                    self.end(DisconnectReason::LineTooLong(too_long.limit), now);
                    break;
                }
            };
            let mut message = K::heartbeat();
            let event = match K::read(&mut message, line) {
                Ok(None) if open.live_since.is_none() => {
                    // The line is read again for its own event, which comes next.
                    self.lines.rewind(position);
                    return Some(self.prove(now));
                }
                Ok(None) => {
                    if let Some(unknown) = K::unknown(&mut message) {
                        let scrub = Scrub::session(&open.key);
                        unknown.raw = scrub.text(std::mem::take(&mut unknown.raw));
                        unknown.kind = scrub.text(std::mem::take(&mut unknown.kind));
                    }
                    self.note(&mut message);
                    Some(Event::Message(message))
                }
                Ok(Some(error)) => self.complained(*error, now),
                Err(malformed) => {
                    self.counters.malformed += 1;
                    let mut malformed = without_key(malformed, line, &open.key);
                    // If it was the full tick, the next one is not.
                    if let Some(subscription) = &malformed.subscription {
                        malformed.is_full = self.subscriptions.answered(subscription);
                    }
                    Some(Event::Malformed(malformed))
                }
            };
            if event.is_some() {
                return event;
            }
        }
        let ending = self.ending.take()?;
        Some(Event::Disconnected(self.lost(ending)))
    }

    /// Takes note of a message, which is marked full if it is the first of its
    /// subscription.
    #[inline(always)]
    fn note(&mut self, message: &mut K::Message) {
        K::count(message, &mut self.counters);
        if K::number(message).is_some_and(|kind| self.subscriptions.awaits_first(kind))
            && K::subscription(message).is_some_and(|it| self.subscriptions.answered(&it))
        {
            K::mark_full(message);
        }
    }

    /// Notes that a message has come, which proves the login and ends the gap.
    fn prove(&mut self, now: Instant) -> Event<K::Message> {
        let after_gap = self.gap(now);
        if let State::Open(open) = &mut self.state {
            open.live_since = Some(now);
        }
        self.rejection = None;
        if let Some(since) = self.gap_since.take() {
            self.counters.gap_time += now.saturating_duration_since(since);
        }
        Event::Live { after_gap }
    }

    fn complained(&mut self, error: ServerError, now: Instant) -> Option<Event<K::Message>> {
        let State::Open(open) = &self.state else {
            return None;
        };
        self.counters.errors += 1;
        let about_rate = error.is_about_rate();
        // The words of an error about the rate are not documented, but the rate of
        // the commands is known.
        let is_fast = self.subscriptions.has_sent() && self.pacing.is_near_limit(now);
        let ServerError {
            message,
            command,
            about,
        } = error;
        let scrub = Scrub::session(&open.key);
        let message = scrub.text(message);
        let login_failed = match about {
            About::Login => true,
            About::Unclear => open.live_since.is_none() && !about_rate && !is_fast,
            About::Subscribe(_) | About::Unsubscribe(_) | About::Other => false,
        };
        if login_failed {
            self.lines.clear();
            self.ending = None;
            self.end(DisconnectReason::LoginRejected(message), now);
            return None;
        }
        let command = command.map(|command| scrub.text(command));
        match about {
            _ if about_rate => {
                self.pacing.hold(now);
                self.counters.resent += self.subscriptions.resend(now);
            }
            About::Subscribe(subscription) => {
                match self.subscriptions.refused(&subscription, is_fast, now) {
                    SubscribeRefusal::First { resent } => {
                        self.counters.resent += resent;
                        if is_fast {
                            self.pacing.pause(now);
                        }
                    }
                    SubscribeRefusal::Final => {
                        self.counters.refused += 1;
                        return Some(Event::Refused {
                            subscription,
                            message,
                        });
                    }
                    SubscribeRefusal::Stray => {}
                }
            }
            _ if is_fast => {
                if let Some(resent) = self.subscriptions.resend_once(now) {
                    self.pacing.pause(now);
                    self.counters.resent += resent;
                }
            }
            _ => {}
        }
        Some(Event::Error { message, command })
    }

    fn gap(&self, now: Instant) -> Option<Gap> {
        self.gap_since.map(|since| Gap {
            since,
            length: now.saturating_duration_since(since),
            without_full_tick: self.subscriptions.without_full_tick(),
        })
    }
}

/// The excerpt is taken anew, since the cut might have gone through the key.
fn without_key(malformed: Malformed, line: &[u8], key: &SessionKey) -> Malformed {
    let scrub = Scrub::session(key);
    Malformed {
        reason: match malformed.reason {
            MalformedReason::NotJson(detail) => MalformedReason::NotJson(scrub.text(detail)),
            MalformedReason::Data(detail) => MalformedReason::Data(scrub.text(detail)),
            reason => reason,
        },
        kind: malformed.kind.map(|kind| scrub.text(kind)),
        is_full: malformed.is_full,
        subscription: malformed
            .subscription
            .filter(|it| scrub.bytes(it.to_string().as_bytes()).is_none()),
        bytes: scrub
            .bytes(line)
            .map_or(malformed.bytes, |scrubbed| excerpt(&scrubbed)),
    }
}
