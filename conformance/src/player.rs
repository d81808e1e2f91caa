//! Playing a scenario, step by step.

mod client;
mod feed;
mod played;
mod truth;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use nordnet_driver::{BoxFuture, Client, Runtime};
use nordnet_proto::{AccountMessage, Trading};
use nordnet_sim::Control;

use self::played::{PlayedFeed, PlayedMarketFeed};
use crate::runner::Runner;
use crate::scenario::{Part, Scenario, Transcript};
use crate::settings::{Settings, duration};
use crate::trouble::Trouble;

/// Longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(40);

/// Where a scenario is played.
pub(crate) struct Site {
    pub(crate) url: String,
    pub(crate) api_key: String,
    pub(crate) private_key: String,
    pub(crate) ca: Option<Vec<u8>>,
    pub(crate) control: Control,
    pub(crate) runner: Runner,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Plays a scenario and returns its transcript: its lines, with what was seen.
///
/// # Errors
///
/// [`Trouble`] if a step cannot be done.
pub(crate) async fn play(scenario: Scenario, site: Site) -> Result<String, Trouble> {
    let mut player = Player::new(scenario.settings, site);
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

struct Player {
    settings: Settings,
    site: Site,
    client: Option<Client<Trading>>,
    market: Option<Box<dyn PlayedMarketFeed>>,
    account: Option<Box<dyn PlayedFeed<AccountMessage>>>,
    /// Calls under way, by the names that they were given.
    calls: BTreeMap<String, BoxFuture<Seen>>,
}

impl Player {
    const fn new(settings: Settings, site: Site) -> Self {
        Self {
            settings,
            site,
            client: None,
            market: None,
            account: None,
            calls: BTreeMap::new(),
        }
    }

    fn now(&self) -> Instant {
        self.site.runner.runtime.now()
    }

    async fn step(&mut self, line: &str) -> Result<Seen, Trouble> {
        let (line, bounds) = match line.rsplit_once(" in ") {
            Some((line, bounds)) => (line, Some(bounds.split_once("..").ok_or_else(unclear)?)),
            None => (line, None),
        };
        let began = self.now();
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
            "truth" => truth::show(&self.site.control, what)?,
            _ => return Err(unclear()),
        };
        if let Some((least, most)) = bounds {
            let took = self.now().saturating_duration_since(began);
            if took < duration(least)? || took > duration(most)? {
                seen.push(format!("it took {took:?}"));
            }
        }
        Ok(seen)
    }

    /// Posts to the control port. `$a` in the arguments is the number of the order with
    /// the reference `a`.
    fn control(&self, what: &str) -> Result<Seen, Trouble> {
        let (action, arguments) = what.split_once(' ').unwrap_or((what, ""));
        let mut arguments = arguments.to_owned();
        if let Some((_, tail)) = arguments.split_once('$') {
            let name: String = tail
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let number = truth::order_id(&self.site.control, &name)?;
            arguments = arguments.replace(&format!("${name}"), &number.to_string());
        }
        let done = self.site.control.post(action, &arguments);
        done.map_err(|refused| Trouble::new(refused.to_string()))?;
        Ok(Seen::new())
    }

    /// Waits for a call for [`PATIENCE`] at most.
    async fn patiently(&self, call: BoxFuture<Seen>) -> Seen {
        let seen = self.before(self.now() + PATIENCE, call).await;
        seen.unwrap_or_else(|| vec!["no end comes".into()])
    }

    async fn before<T>(&self, at: Instant, future: impl Future<Output = T>) -> Option<T> {
        before(&*self.site.runner.runtime, at, future).await
    }

    async fn sleep(&self, time: Duration) {
        let at = self.now() + time;
        self.before(at, std::future::pending::<()>()).await;
    }
}

/// Waits for a future until that time.
async fn before<T>(
    runtime: &dyn Runtime,
    at: Instant,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut timer = runtime.timer();
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => timer.poll_until(at, cx).map(|()| None),
    })
    .await
}

fn unclear() -> Trouble {
    Trouble::new("it is not clear what this step is")
}
