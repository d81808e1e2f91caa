//! The steps of a client in a scenario.

use std::sync::Arc;

use nordnet_driver::{BoxFuture, Client, ClientBuilder, blocking};
use nordnet_proto::api::{Amount, GetStatus, ListAccounts, ListOrders};
use nordnet_proto::order::Limit;
use nordnet_proto::{
    AccountNumber, ActivateOrders, ApiKey, BaseUrl, CancelOrder, Decimal, Endpoint, Error,
    ModifyOrder, OrderId, PermittedTo, PlaceOrder, Reference, TradableId, Trading,
};
use nordnet_sim::KeyPair;

use super::{Player, Seen, truth, unclear};
use crate::runner::Face;
use crate::settings::parsed;
use crate::trouble::Trouble;
use crate::words;

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

impl Player {
    /// Does a step of the client and waits for its end.
    pub(super) async fn client(&mut self, what: &str) -> Result<Seen, Trouble> {
        match what.split_once(' ').unwrap_or((what, "")) {
            ("login", with) => self.open(with, true).await,
            ("open", with) => self.open(with, false).await,
            ("drop", "") => {
                self.client = None;
                Ok(Seen::new())
            }
            _ => {
                let call = self.begin(what)?;
                Ok(self.patiently(call).await)
            }
        }
    }

    async fn open(&mut self, with: &str, logs_in: bool) -> Result<Seen, Trouble> {
        let trouble = |error: &dyn std::fmt::Display| Trouble::new(error.to_string());
        let url: BaseUrl = self.site.url.parse().map_err(|error| trouble(&error))?;
        let (mut api_key, mut private_key) =
            (self.site.api_key.clone(), self.site.private_key.clone());
        match with {
            "" => {}
            "another api key" => api_key = "7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35".into(),
            "another private key" => private_key = KeyPair::from_seed(&[9; 32]).private_openssh(),
            _ => return Err(unclear()),
        }
        let api_key = ApiKey::new(&api_key).map_err(|error| trouble(&error))?;
        let mut settled = Ok(());
        let runner = &self.site.runner;
        let mut builder = ClientBuilder::new(Arc::clone(&runner.runtime), url)
            .key_file(api_key, private_key, None)
            .configure(|config| settled = self.settings.apply_to(config))
            .trading();
        settled?;
        if let Some(ca) = &self.site.ca {
            builder = builder.trust_only(ca.clone());
        }
        let face = runner.face;
        let opened = runner.spawn(async move {
            match (face, logs_in) {
                (Face::Async, true) => builder.login().await,
                (Face::Async, false) => builder.open().await,
                (Face::Blocking, true) => blocking::ClientBuilder::from(builder)
                    .login()
                    .map(Into::into),
                (Face::Blocking, false) => blocking::ClientBuilder::from(builder)
                    .open()
                    .map(Into::into),
            }
        });
        match opened
            .await
            .ok_or_else(|| Trouble::new("the runtime is gone"))?
        {
            Ok(client) => {
                self.client = Some(client);
                Ok(vec!["ok".into()])
            }
            Err(error) => Ok(vec![words::error(&error)]),
        }
    }

    /// Begins a step, which ends by itself while others are done.
    pub(super) fn begin(&self, what: &str) -> Result<BoxFuture<Seen>, Trouble> {
        let words: Vec<_> = what.split_whitespace().collect();
        let order = |name: &str| {
            let number = truth::order_id(&self.site.control, name)?;
            parsed::<OrderId>(&number.to_string())
        };
        match words[..] {
            ["accounts"] => self.send(ListAccounts::new(), |list| {
                format!("{} accounts", list.len())
            }),
            ["status"] => self.send(GetStatus::new(), |status| {
                format!("system running: {}", status.system_running)
            }),
            ["orders"] => self.send(ListOrders::of(ACCOUNT), |list| {
                format!("{} orders", list.len())
            }),
            ["place", name, at] => self.place(name, Limit::at(price(at)?)),
            ["hold", name, at] => self.place(name, Limit::at(price(at)?).held()),
            ["modify", name, at] => {
                let change = ModifyOrder::price(order(name)?, price(at)?, ACCOUNT);
                let change = change.map_err(|error| Trouble::new(error.to_string()))?;
                self.send(change, words::outcome)
            }
            ["cancel", name] => self.send(CancelOrder::new(order(name)?, ACCOUNT), words::outcome),
            ["activate", ref names @ ..] => {
                let orders: Result<Vec<_>, _> = names.iter().map(|name| order(name)).collect();
                self.send(ActivateOrders::of_all(orders?, ACCOUNT), words::activation)
            }
            ["session"] => self.call(
                |client| async move { client.session().await },
                |client| client.session(),
                |result| match result {
                    Ok(_) => "ok".into(),
                    Err(error) => words::login_error(&error),
                },
            ),
            ["logout"] => self.call(
                |client| client.logout(),
                |client| client.logout(),
                |result| match result {
                    Ok(()) => "ok".into(),
                    Err(error) => words::error(&error),
                },
            ),
            ["forgive"] => self.show(|client| {
                client.forgive();
                Seen::new()
            }),
            ["unresolved"] => self.show(|client| {
                let unresolved = client.unresolved();
                unresolved.iter().map(words::unresolved).collect()
            }),
            ["outcomes"] => self.show(|client| {
                let outcomes = client.outcomes();
                outcomes.iter().map(words::call_outcome).collect()
            }),
            ["outcome", name] => {
                let reference = reference(name)?;
                self.show(move |client| {
                    let outcome = client.outcome(&reference);
                    vec![outcome.map_or_else(|| "none".into(), |result| words::result(&result))]
                })
            }
            ["counters"] => self.show(|client| vec![words::session_counters(&client.counters())]),
            _ => Err(unclear()),
        }
    }

    fn place(&self, name: &str, terms: Limit) -> Result<BoxFuture<Seen>, Trouble> {
        let order = PlaceOrder::buy(10, TradableId::new(11, "101"), terms, ACCOUNT);
        let order = order.map_err(|error| Trouble::new(error.to_string()))?;
        self.send(order.with_reference(reference(name)?), words::outcome)
    }

    fn send<E: Endpoint<Access: PermittedTo<Trading>>>(
        &self,
        endpoint: E,
        show: impl FnOnce(&E::Response) -> String + Send + 'static,
    ) -> Result<BoxFuture<Seen>, Trouble> {
        let show = move |result: Result<E::Response, Error>| match result {
            Ok(response) => show(&response),
            Err(error) => words::error(&error),
        };
        match self.face() {
            Face::Async => self.spawned(|client| async move { client.send(endpoint).await }, show),
            Face::Blocking => self.spawned(
                |client| async move { blocking::Client::from(client).send(endpoint) },
                show,
            ),
        }
    }

    /// Makes a call with the async or the blocking client.
    fn call<T, F>(
        &self,
        call: impl FnOnce(Client<Trading>) -> F + Send + 'static,
        blocking_call: impl FnOnce(blocking::Client<Trading>) -> T + Send + 'static,
        show: impl FnOnce(T) -> String + Send + 'static,
    ) -> Result<BoxFuture<Seen>, Trouble>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        match self.face() {
            Face::Async => self.spawned(call, show),
            Face::Blocking => {
                self.spawned(|client| async move { blocking_call(client.into()) }, show)
            }
        }
    }

    fn spawned<T, F>(
        &self,
        call: impl FnOnce(Client<Trading>) -> F + Send + 'static,
        show: impl FnOnce(T) -> String + Send + 'static,
    ) -> Result<BoxFuture<Seen>, Trouble>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let ended = self
            .site
            .runner
            .spawn(call(self.existing_client()?.clone()));
        let gone = || "dropped".into();
        Ok(Box::pin(async move {
            vec![ended.await.map_or_else(gone, show)]
        }))
    }

    /// Shows what the client knows without a call.
    fn show(
        &self,
        show: impl FnOnce(&Client<Trading>) -> Seen,
    ) -> Result<BoxFuture<Seen>, Trouble> {
        let seen = show(self.existing_client()?);
        Ok(Box::pin(std::future::ready(seen)))
    }

    pub(super) const fn face(&self) -> Face {
        self.site.runner.face
    }

    pub(super) fn existing_client(&self) -> Result<&Client<Trading>, Trouble> {
        self.client
            .as_ref()
            .ok_or_else(|| Trouble::new("there is no client"))
    }
}

fn price(text: &str) -> Result<Amount, Trouble> {
    Ok(Amount::new(parsed::<Decimal>(text)?, "SEK"))
}

fn reference(text: &str) -> Result<Reference, Trouble> {
    Reference::new(text).map_err(|error| Trouble::new(error.to_string()))
}
