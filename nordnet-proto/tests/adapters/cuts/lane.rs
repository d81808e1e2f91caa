//! A simulator, a client, and the cases that they go through.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nordnet_proto::api::ListAccounts;
use nordnet_proto::driver::{Client, ClientBuilder};
use nordnet_proto::{Observe, Outcome, PermittedTo, Reference, Trading};
use nordnet_sim::{Channel, Control, OrderRecord, Server};

use super::case::{Action, Case, Lengths, Setting};
use super::{Verdict, Wrong, calls, feeds};
use crate::shared::{self, Waits, eventually, placed, processed, resting_order};

/// The longest that a case may take.
const LONGEST: Duration = Duration::from_secs(20);

pub(super) struct World<R: Waits> {
    pub(super) server: Server,
    pub(super) control: Control,
    pub(super) setting: Setting,
    pub(super) client: Client<R, Trading>,
    /// What a read gives.
    accounts: String,
    references: usize,
    /// New orders that the client said were certainly not placed.
    denied: Vec<Reference>,
}

impl<R: Waits> World<R> {
    pub(super) fn open(mut setting: Setting) -> Self {
        loop {
            match (Self::try_open(setting), setting.more_patient()) {
                (Ok(world), _) => return world,
                (Err(_), Some(more_patient)) => setting = more_patient,
                (Err(error), None) => panic!("{error}"),
            }
        }
    }

    fn try_open(setting: Setting) -> Result<Self, String> {
        let server = Server::builder().rate(0.0).speed(20.0).plain(!setting.tls);
        let server = server.start().map_err(|error| error.to_string())?;
        let login = builder::<R>(&server, setting).trading().login();
        let client = R::result(login).map_err(|error| error.to_string())?;
        Ok(Self {
            control: server.control(),
            server,
            setting,
            accounts: accounts(&client)?,
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
        if accounts(&self.client).as_ref() != Ok(&self.accounts) {
            return Err(Wrong::Poor("afterwards the client is of no use".into()));
        }
        Ok(verdict)
    }

    /// What was certainly not placed has not come later.
    pub(super) fn check_denied(&self) {
        for reference in &self.denied {
            assert_eq!(placed(&self.control, reference), []);
        }
    }

    /// Plans the cut: of the next connection, or of the one that is there.
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
        let login = builder::<R>(&self.server, self.setting).login();
        let client = R::result(login).map_err(|error| error.to_string())?;
        let after = self.control.counters();
        if after.refused_logins > before.refused_logins {
            return Err(Wrong::Untrue("a signature was sent again".into()));
        }
        if accounts(&client).as_ref() != Ok(&self.accounts) {
            return Err(Wrong::Poor("the session is of no use".into()));
        }
        match after.logins - before.logins {
            1 => Ok("one session"),
            2 => Ok("two sessions, of which the first was never heard of"),
            sessions => Err(format!("{sessions} sessions").into()),
        }
    }

    fn read_accounts(&self, case: &Case) -> Verdict {
        self.plan(case);
        let before = processed(&self.control, "list_accounts", "");
        let read = accounts(&self.client)?;
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

    /// Places an order that rests, with nothing in the way, and waits until the
    /// market has it.
    pub(super) fn place_undisturbed(&mut self) -> Result<OrderRecord, String> {
        let reference = self.new_reference();
        match R::result(self.client.send(resting_order(&reference))) {
            Ok(Outcome::Accepted(_)) => {
                self.await_confirmations();
                Ok(placed(&self.control, &reference).remove(0))
            }
            other => Err(format!("undisturbed: {other:?}")),
        }
    }

    /// Waits until the market has confirmed everything, where there is no more
    /// than one thing to confirm of each order.
    pub(super) fn await_confirmations(&self) {
        let pending = |order: &OrderRecord| order.action_state.ends_with("_PEND");
        eventually("all is confirmed", || {
            !self.control.orders().iter().any(pending)
        });
    }

    pub(super) fn deny(&mut self, reference: Reference) {
        self.denied.push(reference);
    }
}

/// What a read gives.
fn accounts<R: Waits, A>(client: &Client<R, A>) -> Result<String, String>
where
    Observe: PermittedTo<A>,
{
    match R::result(client.send(ListAccounts::new())) {
        Ok(accounts) => Ok(format!("{accounts:?}")),
        Err(error) => Err(error.to_string()),
    }
}

fn builder<R: Waits>(server: &Server, setting: Setting) -> ClientBuilder<R> {
    shared::builder(server).configure(|config| {
        if !setting.keeps_connections {
            config.limits.kept_connections = 0;
        }
        if let Some(patience) = setting.patience {
            config.limits.answer = patience;
        }
    })
}

/// How many bytes each action takes where nothing is cut.
pub(super) fn lengths<R: Waits>(tls: bool) -> BTreeMap<Action, Lengths> {
    let mut world = World::<R>::open(Setting {
        tls,
        keeps_connections: true,
        patience: None,
    });
    let login = builder::<R>(&world.server, world.setting).login();
    let other = R::result(login).unwrap();
    let login = traffic(&world.control, Channel::Rest);
    let mut lengths = BTreeMap::from([(Action::Login, login)]);
    // From here on there is the connection of the first client only.
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
            _ => _ = accounts(&world.client).unwrap(),
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

/// What has gone over all connections of calls: orders have one of their own.
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
