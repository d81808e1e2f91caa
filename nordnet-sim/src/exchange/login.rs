//! Challenges and sessions.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::FeedAddress;
use crate::dialect::{ChallengeForm, Challenges, Expiry, Logins, Logout};
use crate::json::{Json, object};
use crate::rng::Rng;

use super::audit::suffix;
use super::rest::{Call, Refusal};
use super::{Event, Exchange};

pub(super) const SERVICE: &str = "NEXTAPI";
const CHALLENGE_LIFE: Duration = Duration::from_secs(30);
/// Nobody signs more than these at a time.
const MOST_CHALLENGES: usize = 1000;

/// Who may come in.
#[derive(Debug)]
pub(crate) struct Gate {
    challenges: Vec<Challenge>,
    sessions: BTreeMap<String, Session>,
    logins: u64,
    pub(crate) refusing: bool,
    rng: Rng,
}

#[derive(Debug)]
struct Challenge {
    api_key: String,
    text: String,
    until: Duration,
}

#[derive(Debug)]
struct Session {
    epoch: u64,
    used: Duration,
}

/// A session that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionRecord {
    /// Which login it came from: 1 for the first.
    pub epoch: u64,
    /// The last four characters of its key.
    pub key_suffix: String,
    /// For how long it has been idle.
    pub idle: Duration,
}

impl Gate {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            challenges: Vec::new(),
            sessions: BTreeMap::new(),
            logins: 0,
            refusing: false,
            rng: Rng::new(seed, 0x6A7E),
        }
    }

    /// Finds a session and restarts its idle timer.
    pub(crate) fn touch(&mut self, key: &str, now: Duration) -> Option<u64> {
        let session = self.sessions.get_mut(key)?;
        session.used = now;
        Some(session.epoch)
    }

    /// Finds a session without touching it.
    pub(crate) fn epoch(&self, key: &str) -> Option<u64> {
        self.sessions.get(key).map(|session| session.epoch)
    }

    pub(crate) fn idle_since(&self, key: &str) -> Option<Duration> {
        self.sessions.get(key).map(|session| session.used)
    }

    pub(crate) fn end(&mut self, key: &str) {
        self.sessions.remove(key);
    }

    /// Returns the keys of all sessions, by age.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.sessions.iter().collect();
        keys.sort_by_key(|(_, session)| session.epoch);
        keys.into_iter().map(|(key, _)| key.clone()).collect()
    }

    /// Returns all sessions, by age.
    pub(crate) fn sessions(&self, now: Duration) -> Vec<SessionRecord> {
        let record = |(key, session): (&String, &Session)| SessionRecord {
            epoch: session.epoch,
            key_suffix: suffix(key),
            idle: now.saturating_sub(session.used),
        };
        let mut sessions: Vec<_> = self.sessions.iter().map(record).collect();
        sessions.sort_by_key(|session| session.epoch);
        sessions
    }

    fn open(&mut self, now: Duration) -> String {
        let key = self.rng.uuid();
        self.logins += 1;
        let session = Session {
            epoch: self.logins,
            used: now,
        };
        self.sessions.insert(key.clone(), session);
        key
    }
}

impl Exchange {
    /// Ends a session that was idle for too long, or looks again later.
    pub(super) fn check_idle(&mut self, key: String) {
        let Some(idle_since) = self.gate.idle_since(&key) else {
            return;
        };
        let ends = idle_since.saturating_add(self.config.session_expiry);
        if ends > self.now {
            self.timers.push(ends, Event::Idle(key));
            return;
        }
        self.expire(&key);
        self.note("a session expired".to_owned());
    }

    /// `POST /login/start`
    pub(super) fn start_login(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        self.audit.counters.login_starts += 1;
        let body = json_body(call)?;
        let api_key = text_member(&body, "api_key")?;
        // Whether the key is known only shows at verify, as a server does
        // that does not want to be asked for keys.
        if !is_uuid(api_key) && api_key != self.config.api_key {
            return Err(Refusal::parameter("api_key"));
        }
        let now = self.now;
        let newest = self.config.dialect.challenges == Challenges::Newest;
        let gate = &mut self.gate;
        gate.challenges
            .retain(|one| one.until > now && !(newest && one.api_key == api_key));
        if gate.challenges.len() >= MOST_CHALLENGES {
            gate.challenges.remove(0);
        }
        let text = match self.config.dialect.challenge_form {
            ChallengeForm::Uuid => gate.rng.uuid(),
            ChallengeForm::Base64 => STANDARD.encode(gate.rng.uuid()),
            ChallengeForm::Named => {
                format!("nordnet:login:{}:{}", now.as_millis(), gate.rng.uuid())
            }
        };
        gate.challenges.push(Challenge {
            api_key: api_key.to_owned(),
            text: text.clone(),
            until: now + CHALLENGE_LIFE,
        });
        Ok(object! { "challenge": text })
    }

    /// `POST /login/verify`
    pub(super) fn verify_login(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let body = json_body(call)?;
        let api_key = text_member(&body, "api_key")?;
        let service = text_member(&body, "service")?;
        let signature = text_member(&body, "signature")?;
        let known = service == SERVICE && api_key == self.config.api_key && !self.gate.refusing;
        if !known || !self.spend_challenge(api_key, signature) {
            self.audit.counters.refused_logins += 1;
            self.note("a login was refused".to_owned());
            return Err(Refusal::login_failed());
        }
        self.audit.counters.logins += 1;
        if self.config.dialect.logins == Logins::Newest {
            for key in self.gate.keys() {
                self.expire(&key);
            }
        }
        let key = self.gate.open(self.now);
        self.after(self.config.session_expiry, Event::Idle(key.clone()));
        self.note(format!("login {} from {}", self.gate.logins, call.client()));
        let feed = |address: &FeedAddress| {
            object! {
                "hostname": address.hostname.as_str(),
                "port": i64::from(address.port),
                "encrypted": address.encrypted,
            }
        };
        Ok(object! {
            "session_key": key,
            "expires_in": self.config.session_expiry.as_secs() as i64,
            "private_feed": feed(&self.config.private_feed),
            "public_feed": feed(&self.config.public_feed),
        })
    }

    /// `PUT /login`; the call itself has restarted the timer.
    pub(super) fn touch_session(&self) -> Json {
        object! { "logged_in": true }
    }

    /// `DELETE /login`
    pub(super) fn logout(&mut self, call: &Call<'_>) -> Json {
        self.note(format!("logout of login {}", call.epoch()));
        if let Some(key) = call.session_key() {
            self.gate.end(key);
            if self.config.dialect.logout == Logout::CutsFeeds {
                self.close_feeds_of(key);
            }
        }
        object! { "logged_in": false }
    }

    /// Ends a session that was not logged out of.
    pub(super) fn expire(&mut self, key: &str) {
        self.gate.end(key);
        if self.config.dialect.expiry == Expiry::CutsFeeds {
            self.close_feeds_of(key);
        }
    }

    /// Uses up the challenge that the signature belongs to, if there is one.
    fn spend_challenge(&mut self, api_key: &str, signature: &str) -> bool {
        let now = self.now;
        let public_key = &self.config.public_key;
        let challenges = &mut self.gate.challenges;
        let signed = challenges.iter().position(|one| {
            one.until > now
                && one.api_key == api_key
                && public_key.verifies(one.text.as_bytes(), signature)
        });
        signed.map(|index| challenges.remove(index)).is_some()
    }
}

/// Reads the session key from `Basic base64(key:key)`.
pub(crate) fn basic_key(authorization: &str) -> Option<String> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    (user == password && !user.is_empty()).then(|| user.to_owned())
}

fn json_body(call: &Call<'_>) -> Result<serde_json::Value, Refusal> {
    let kind = call.request.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err(Refusal::parameter("content-type"));
    }
    serde_json::from_slice(&call.request.body).map_err(|_| Refusal::parameter("body"))
}

fn text_member<'a>(body: &'a serde_json::Value, name: &'static str) -> Result<&'a str, Refusal> {
    let text = body.get(name).and_then(serde_json::Value::as_str);
    text.ok_or_else(|| Refusal::parameter(name))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_of_basic_are_the_whole_key() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert_eq!(
            basic_key(&header("f9458a35aa:f9458a35aa")).unwrap(),
            "f9458a35aa"
        );
        for text in ["f9458a35aa:f9458a35", "f9458a35aa", ":"] {
            assert_eq!(basic_key(&header(text)), None, "{text}");
        }
        assert_eq!(basic_key("Bearer abc"), None);
    }
}
