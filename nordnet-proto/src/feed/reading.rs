//! What the received lines make happen.

use std::time::Instant;

use super::Feed;
use super::decode::Decoded;
use super::event::{DisconnectReason, Event, Gap};
use super::kind::Kind;
use super::malformed::{Malformed, MalformedReason, excerpt};
use super::scrub::{scrub_bytes, scrub_text};
use super::server_error::{About, ServerError};
use super::state::{LoginLine, Open, State};
use crate::session_key::SessionKey;

impl<K: Kind> Feed<K> {
    /// The next event from what was received, then from what ended it.
    pub(super) fn next_event(&mut self) -> Option<Event<K::Message>> {
        if let Some(notice) = self.notice.take() {
            return Some(Event::Disconnected(notice));
        }
        let now = self.now?;
        while let State::Open(open) = &mut self.state {
            if !open.announced && (open.login == LoginLine::Sent || self.lines.has_line()) {
                open.announced = true;
                let after_gap = self.gap(now);
                return Some(Event::Connected { after_gap });
            }
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
            let event = match K::decode(line) {
                Ok(Decoded::Message(mut message)) => {
                    if let Some(unknown) = K::unknown(&mut message) {
                        unknown.raw = scrub_text(std::mem::take(&mut unknown.raw), &open.key);
                        unknown.kind = scrub_text(std::mem::take(&mut unknown.kind), &open.key);
                    }
                    K::count(&message, &mut self.counters);
                    K::mark(&mut message, |kind, name| {
                        self.subscriptions.answered(kind, name)
                    });
                    self.prove(now);
                    Some(Event::Message(message))
                }
                Ok(Decoded::Error(error)) => self.complained(*error, now),
                Err(malformed) => {
                    self.counters.malformed += 1;
                    Some(Event::Malformed(without_key(malformed, line, &open.key)))
                }
            };
            if event.is_some() {
                return event;
            }
        }
        let ending = self.ending.take()?;
        Some(Event::Disconnected(self.lost(ending)))
    }

    /// A message proves the login.
    fn prove(&mut self, now: Instant) {
        let State::Open(
            open @ Open {
                live_since: None, ..
            },
        ) = &mut self.state
        else {
            return;
        };
        open.live_since = Some(now);
        self.rejection = None;
        if let Some(since) = self.gap_since.take() {
            self.counters.gap_time += now.saturating_duration_since(since);
        }
    }

    fn complained(&mut self, error: ServerError, now: Instant) -> Option<Event<K::Message>> {
        let State::Open(open) = &self.state else {
            return None;
        };
        self.counters.errors += 1;
        let about_rate = error.is_about_rate();
        let ServerError {
            message,
            command,
            about,
        } = error;
        let message = scrub_text(message, &open.key);
        let login_failed = match about {
            About::Login => true,
            About::Unclear => open.live_since.is_none() && !about_rate,
            About::Subscribe(_) | About::Unsubscribe(_) | About::Other => false,
        };
        if login_failed {
            self.lines.clear();
            self.ending = None;
            self.end(DisconnectReason::LoginRejected(message), now);
            return None;
        }
        let command = command.map(|command| scrub_text(command, &open.key));
        if about_rate {
            self.pacing.hold(now);
            if !planted!("resend_lost") {
                self.counters.resent += self.subscriptions.resend(now);
            }
        } else if let About::Subscribe(subscription) = about
            && self.subscriptions.refused(&subscription)
        {
            self.counters.refused += 1;
            return Some(Event::Refused {
                subscription,
                message,
            });
        }
        Some(Event::Error { message, command })
    }

    fn gap(&self, now: Instant) -> Option<Gap> {
        self.gap_since
            .filter(|_| !planted!("gap_not_told"))
            .map(|since| Gap {
                since,
                length: now.saturating_duration_since(since),
                without_full_tick: self.subscriptions.without_full_tick(),
            })
    }
}

/// The excerpt is taken anew, since the cut might have gone through the key.
fn without_key(malformed: Malformed, line: &[u8], key: &SessionKey) -> Malformed {
    if planted!("key_shown") {
        return malformed;
    }
    let scrub = |text| scrub_text(text, key);
    Malformed {
        reason: match malformed.reason {
            MalformedReason::NotJson(detail) => MalformedReason::NotJson(scrub(detail)),
            MalformedReason::Data(detail) => MalformedReason::Data(scrub(detail)),
            reason => reason,
        },
        kind: malformed.kind.map(scrub),
        bytes: scrub_bytes(line, key).map_or(malformed.bytes, |scrubbed| excerpt(&scrubbed)),
    }
}
