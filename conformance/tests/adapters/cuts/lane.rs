//! A simulator and a client, which go through several cases.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nordnet_driver::{Client, ClientBuilder};
use nordnet_proto::api::ListAccounts;
use nordnet_proto::{Endpoint, Error, Observe, Outcome, PermittedTo, Reference, Trading};
use nordnet_sim::{Channel, Control, OrderRecord, Server};

use super::case::{Action, Case, Lengths, Setting};
use super::{Verdict, Wrong, calls, feeds};
use crate::adapter::Adapter;
use crate::shared::{self, eventually, placed, processed, resting_order};

/// The longest that a case may take.
const LONGEST: Duration = Duration::from_secs(20);

pub(super) struct World {
    pub(super) adapter: Adapter,
    pub(super) server: Server,
    pub(super) control: Control,
    pub(super) setting: Setting,
    pub(super) client: Client<Trading>,
    /// What a read of the accounts returns.
    accounts: String,
    references: usize,
    /// Orders that were not placed, as the client reported.
    denied: Vec<Reference>,
}

impl World {
    pub(super) fn open(adapter: Adapter, mut setting: Setting) -> Self {
        loop {
            match (Self::try_open(adapter, setting), setting.more_patient()) {
                (Ok(world), _) => return world,
                (Err(_), Some(more_patient)) => setting = more_patient,
                (Err(error), None) => panic!("{error}"),
            }
        }
    }

    fn try_open(adapter: Adapter, setting: Setting) -> Result<Self, String> {
        let server = Server::builder().rate(0.0).speed(20.0).plain(!setting.tls);
        let server = server.start().map_err(|error| error.to_string())?;
        let builder = builder(adapter, &server, setting).trading();
        let client = adapter.login(builder).map_err(|error| error.to_string())?;
        Ok(Self {
            adapter,
            control: server.control(),
            server,
            setting,
            accounts: accounts(adapter, &client)?,
            client,
            references: 0,
            denied: Vec::new(),
        })
    }

    pub(super) fn run(&mut self, case: &Case) -> Verdict {
        let begun = Instant::now();
        let verdict = match case.action {
            Action::Login => self.log_in(case),
            Action::Read => self.read_accounts(case),
            Action::Place => calls::place(self, case),
            Action::Modify => calls::modify(self, case),
            Action::Cancel => calls::cancel(self, case),
            Action::Market => feeds::market(self, case),
            Action::Account => feeds::account(self, case),
        }?;
        self.control.reset();
        let took = begun.elapsed();
        if took > LONGEST {
            return Err(format!("it took {took:?}").into());
        }
        if accounts(self.adapter, &self.client).as_ref() != Ok(&self.accounts) {
            return Err(Wrong::Poor("the client does not work afterwards".into()));
        }
        Ok(verdict)
    }

    /// Checks that no denied order came later.
    pub(super) fn check_denied(&self) {
        for reference in &self.denied {
            assert_eq!(placed(&self.control, reference), []);
        }
    }

    /// Plans the cut of the next connection, or of the one that is open.
    pub(super) fn plan(&self, case: &Case) {
        let channel = match case.action {
            Action::Market => Channel::Public,
            Action::Account => Channel::Private,
            _ => Channel::Rest,
        };
        if case.kept {
            self.control
                .cut_after(channel, case.direction, case.at, case.cut);
        } else {
            self.control
                .cut_at(channel, case.direction, case.at, case.cut);
        }
    }

    /// Logs in with another client.
    fn log_in(&self, case: &Case) -> Verdict {
        let before = self.control.counters();
        self.plan(case);
        let builder = builder(self.adapter, &self.server, self.setting);
        let client = self
            .adapter
            .login(builder)
            .map_err(|error| error.to_string())?;
        let after = self.control.counters();
        if after.refused_logins > before.refused_logins {
            return Err(Wrong::Untrue("a signature was sent again".into()));
        }
        if accounts(self.adapter, &client).as_ref() != Ok(&self.accounts) {
            return Err(Wrong::Poor("the session does not work".into()));
        }
        match after.logins - before.logins {
            1 => Ok("one session"),
            2 => Ok("two sessions, the first of which the client does not know"),
            sessions => Err(format!("{sessions} sessions").into()),
        }
    }

    fn read_accounts(&self, case: &Case) -> Verdict {
        self.plan(case);
        let before = processed(&self.control, "list_accounts", "");
        let read = accounts(self.adapter, &self.client)?;
        if read != self.accounts {
            return Err(Wrong::Untrue(read));
        }
        match processed(&self.control, "list_accounts", "") - before {
            1 => Ok("asked once"),
            2 => Ok("asked twice"),
            times => Err(format!("asked {times} times").into()),
        }
    }

    pub(super) fn new_reference(&mut self) -> Reference {
        self.references += 1;
        Reference::new(format!("cut-{:06}", self.references)).unwrap()
    }

    /// Sends an order call.
    pub(super) fn send<E>(&self, call: E) -> Result<E::Response, Error>
    where
        E: Endpoint<Access: PermittedTo<Trading>>,
    {
        self.adapter.send(&self.client, call)
    }

    /// Places an order that rests, over a connection that is not cut, and waits until
    /// the market has confirmed it.
    pub(super) fn place_undisturbed(&mut self) -> Result<OrderRecord, String> {
        let reference = self.new_reference();
        match self.send(resting_order(&reference)) {
            Ok(Outcome::Accepted(_)) => {
                self.await_confirmations();
                Ok(placed(&self.control, &reference).remove(0))
            }
            other => Err(format!("undisturbed: {other:?}")),
        }
    }

    /// Waits until the market has confirmed everything; there is one thing at most to
    /// confirm of each order.
    pub(super) fn await_confirmations(&self) {
        let pending = |order: &OrderRecord| order.action_state.ends_with("_PEND");
        eventually("all is confirmed", || {
            !self.control.orders().iter().any(pending)
        });
    }

    /// Notes an order that was not placed, as the client reported.
    pub(super) fn deny(&mut self, reference: Reference) {
        self.denied.push(reference);
    }
}

/// What a read of the accounts returns.
fn accounts<A>(adapter: Adapter, client: &Client<A>) -> Result<String, String>
where
    Observe: PermittedTo<A>,
{
    match adapter.send(client, ListAccounts::new()) {
        Ok(accounts) => Ok(format!("{accounts:?}")),
        Err(error) => Err(error.to_string()),
    }
}

fn builder(adapter: Adapter, server: &Server, setting: Setting) -> ClientBuilder {
    shared::builder(adapter, server).configure(|config| {
        if !setting.keeps_connections {
            config.limits.kept_connections = 0;
        }
        if let Some(patience) = setting.patience {
            config.limits.answer = patience;
        }
    })
}

/// How many bytes each action takes if nothing is cut.
pub(super) fn lengths(adapter: Adapter, tls: bool) -> BTreeMap<Action, Lengths> {
    let mut world = World::open(
        adapter,
        Setting {
            tls,
            keeps_connections: true,
            patience: None,
        },
    );
    let builder = builder(adapter, &world.server, world.setting);
    let other = adapter.login(builder).unwrap();
    let login = traffic(&world.control, Channel::Rest);
    let mut lengths = BTreeMap::from([(Action::Login, login)]);
    // Only the connection of the first client is left.
    drop(other);
    eventually("it is closed", || world.control.connections().len() == 1);
    for action in Action::CALLS {
        let order = world.place_undisturbed().unwrap();
        let handle = world.new_reference();
        let before = calls_traffic(&world.control);
        match action {
            Action::Place => _ = world.place_undisturbed().unwrap(),
            Action::Modify => _ = calls::change(&world, &order, &handle).unwrap(),
            Action::Cancel => _ = calls::take_back(&world, &order, &handle).unwrap(),
            _ => _ = accounts(adapter, &world.client).unwrap(),
        }
        let after = calls_traffic(&world.control);
        lengths.insert(
            action,
            Lengths {
                received: after.received - before.received,
                sent: after.sent - before.sent,
            },
        );
    }
    lengths.insert(Action::Market, feeds::market_lengths(&world));
    lengths.insert(Action::Account, feeds::account_lengths(&mut world));
    lengths
}

/// What has gone over all connections of calls; orders have their own.
fn calls_traffic(control: &Control) -> Lengths {
    let mut open = control.connections();
    open.retain(|one| one.channel == Channel::Rest);
    Lengths {
        received: open.iter().map(|one| one.received).sum(),
        sent: open.iter().map(|one| one.sent).sum(),
    }
}

/// What has gone over the latest connection.
pub(super) fn traffic(control: &Control, channel: Channel) -> Lengths {
    let open = control.connections();
    let latest = open.iter().rfind(|one| one.channel == channel).unwrap();
    Lengths {
        received: latest.received,
        sent: latest.sent,
    }
}
