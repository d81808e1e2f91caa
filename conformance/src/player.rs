//! Playing a scenario over an adapter, step by step.

mod client;
mod feed;
mod truth;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nordnet_proto::driver::{BoxFuture, Client, FeedDriver, Trust, by_timer};
use nordnet_proto::{Limits, Private, Public, Trading};
use nordnet_sim::Control;

use crate::runner::Runner;
use crate::scenario::{Part, Scenario, Transcript, Trouble};
use crate::settings::{Settings, duration};

/// Longer than anything is waited for that comes.
const PATIENCE: Duration = Duration::from_secs(40);

/// Where a scenario is played.
pub(crate) struct Site<R: Runner> {
    pub(crate) url: String,
    pub(crate) api_key: String,
    pub(crate) private_key: String,
    pub(crate) trust: Trust<R::Tls>,
    pub(crate) control: Control,
}

impl<R: Runner> std::fmt::Debug for Site<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Plays a scenario and returns it with what was seen.
///
/// # Errors
///
/// [`Trouble`] if a step makes no sense.
pub(crate) async fn play<R: Runner>(scenario: Scenario, site: Site<R>) -> Result<String, Trouble> {
    let mut player = Player::new(scenario.settings, site)?;
    let mut transcript = Transcript::default();
    for part in &scenario.parts {
        match part {
            Part::Other(line) => transcript.write(line),
            Part::Step(line) => {
                transcript.write(line);
                let seen = player.step(line).await;
                let named = |trouble| Trouble::new(format!("{line}: {trouble}"));
                transcript.saw(seen.map_err(named)?);
            }
        }
    }
    Ok(transcript.into_text())
}

/// What was seen, a line each.
type Seen = Vec<String>;

struct Player<R: Runner> {
    settings: Settings,
    site: Site<R>,
    /// For its clock, and to run calls meanwhile.
    adapter: R,
    client: Option<Client<R, Trading>>,
    market: Option<FeedDriver<R, Public>>,
    account: Option<FeedDriver<R, Private>>,
    /// Calls under way, by the names that they were given.
    calls: BTreeMap<String, BoxFuture<Seen>>,
}

impl<R: Runner> Player<R> {
    fn new(settings: Settings, site: Site<R>) -> Result<Self, Trouble> {
        let adapter = R::new(site.trust.clone(), &Limits::default());
        Ok(Self {
            settings,
            adapter: adapter.map_err(|error| Trouble::new(error.to_string()))?,
            site,
            client: None,
            market: None,
            account: None,
            calls: BTreeMap::new(),
        })
    }

    async fn step(&mut self, line: &str) -> Result<Seen, Trouble> {
        let (line, bounds) = match line.rsplit_once(" in ") {
            Some((line, bounds)) => (line, Some(bounds.split_once("..").ok_or_else(unclear)?)),
            None => (line, None),
        };
        let began = self.adapter.now();
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        let mut seen = match who {
            "control" => self.control(what)?,
            "wait" => {
                self.sleep(duration(what)?).await;
                Seen::new()
            }
            "client" => self.client(what).await?,
            "begin" => {
                let (name, call) = what.split_once(' ').ok_or_else(unclear)?;
                let call = self.begin(call)?;
                self.calls.insert(name.into(), call);
                Seen::new()
            }
            "end" => {
                let call = self.calls.remove(what).ok_or_else(unclear)?;
                self.patiently(call).await
            }
            "market" => self.market(what).await?,
            "account" => self.account(what).await?,
            "truth" => truth::tell(&self.site.control, what)?,
            _ => return Err(unclear()),
        };
        if let Some((least, most)) = bounds {
            let took = self.adapter.now().saturating_duration_since(began);
            if took < duration(least)? || took > duration(most)? {
                seen.push(format!("it took {took:?}"));
            }
        }
        Ok(seen)
    }

    /// Says something to the control port. `$a` in it is the number of the order
    /// with the reference `a`.
    fn control(&self, what: &str) -> Result<Seen, Trouble> {
        let (deed, arguments) = what.split_once(' ').unwrap_or((what, ""));
        let mut arguments = arguments.to_owned();
        if let Some((_, tail)) = arguments.split_once('$') {
            let name: String = tail
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let number = truth::order_id(&self.site.control, &name)?;
            arguments = arguments.replace(&format!("${name}"), &number.to_string());
        }
        let done = self.site.control.post(deed, &arguments);
        done.map_err(|refused| Trouble::new(refused.to_string()))?;
        Ok(Seen::new())
    }

    /// Waits for a call, though not for ever.
    async fn patiently(&self, call: BoxFuture<Seen>) -> Seen {
        let seen = self.before(self.adapter.now() + PATIENCE, call).await;
        seen.unwrap_or_else(|| vec!["no end comes".into()])
    }

    async fn before<T>(&self, at: Instant, future: impl Future<Output = T>) -> Option<T> {
        by_timer(&mut self.adapter.timer(), at, future).await
    }

    async fn sleep(&self, time: Duration) {
        let at = self.adapter.now() + time;
        self.before(at, std::future::pending::<()>()).await;
    }
}

fn unclear() -> Trouble {
    Trouble::new("it is not clear what this step is")
}
