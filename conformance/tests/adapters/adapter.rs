//! An adapter as a value: its runtime, how a test waits on it, and the client that its
//! users have.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::Poll;
use std::time::{Duration, Instant};

use nordnet_blocking::Blocking;
use nordnet_driver::blocking::{self, Alarm, block_on};
use nordnet_driver::{
    AccountFeed, Client, ClientBuilder, LatestWatch, MarketFeed, MarketWatch, Result, Settings,
    Timer as _,
};
use nordnet_proto::market::Update;
use nordnet_proto::{
    AccountMessage, BaseUrl, Endpoint, Error, Event, LoggedIn, LoginError, MarketMessage,
    PermittedTo,
};
use smol::Timer;
use smol::future::or;
use tokio::runtime::{EnterGuard, Runtime};
use tokio::time::timeout;

static TOKIO: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adapter {
    Tokio,
    Smol,
    Blocking,
}

/// Evaluates an expression with the client that the users of an adapter have: the
/// blocking one, or the async one.
macro_rules! with_own_client {
    ($adapter:expr, $client:ident, $then:expr) => {
        match $adapter {
            Adapter::Blocking => {
                let $client = nordnet_driver::blocking::Client::from($client);
                $then
            }
            Adapter::Tokio | Adapter::Smol => $then,
        }
    };
}

pub(crate) use with_own_client;

impl Adapter {
    /// The name of its package.
    pub(crate) const fn package(self) -> &'static str {
        match self {
            Self::Tokio => "nordnet-tokio",
            Self::Smol => "nordnet-smol",
            Self::Blocking => "nordnet-blocking",
        }
    }

    /// Waits for a future.
    pub(crate) fn wait<F: Future>(self, future: F) -> F::Output {
        match self {
            Self::Tokio => TOKIO.block_on(future),
            Self::Smol => smol::block_on(future),
            Self::Blocking => block_on(future),
        }
    }

    /// Waits up to `time` for a future.
    pub(crate) fn wait_within<F: Future>(self, time: Duration, future: F) -> Option<F::Output> {
        match self {
            Self::Tokio => TOKIO.block_on(async { timeout(time, future).await.ok() }),
            Self::Smol => {
                let late = async {
                    Timer::after(time).await;
                    None
                };
                smol::block_on(or(async { Some(future.await) }, late))
            }
            Self::Blocking => {
                let end = Instant::now() + time;
                let mut future = pin!(future);
                block_on(poll_fn(|cx| match future.as_mut().poll(cx) {
                    Poll::Ready(result) => Poll::Ready(Some(result)),
                    Poll::Pending => Alarm.poll_until(end, cx).map(|()| None),
                }))
            }
        }
    }

    /// Enters the runtime: opening a watch outside of a future spawns a task.
    pub(crate) fn enter(self) -> Option<EnterGuard<'static>> {
        (self == Self::Tokio).then(|| TOKIO.enter())
    }

    /// Begins a client with the adapter's own function, or one of its type.
    pub(crate) fn builder(self, base_url: BaseUrl) -> ClientBuilder {
        match self {
            Self::Tokio => nordnet_tokio::builder(base_url),
            Self::Smol => nordnet_smol::builder(base_url),
            Self::Blocking => ClientBuilder::new(Blocking, base_url),
        }
    }

    /// The error of the adapter's own `from_settings`.
    pub(crate) fn settings_error(self, settings: Settings) -> Option<Error> {
        match self {
            Self::Tokio => nordnet_tokio::from_settings(settings).err(),
            Self::Smol => nordnet_smol::from_settings(settings).err(),
            Self::Blocking => nordnet_blocking::from_settings(settings).err(),
        }
    }
}

/// The calls of the adapter's own client, which block until they are done.
impl Adapter {
    pub(crate) fn login<A>(self, builder: ClientBuilder<A>) -> Result<Client<A>> {
        match self {
            Self::Blocking => blocking::ClientBuilder::from(builder)
                .login()
                .map(Client::from),
            Self::Tokio | Self::Smol => self.wait(builder.login()),
        }
    }

    pub(crate) fn open<A>(self, builder: ClientBuilder<A>) -> Result<Client<A>> {
        match self {
            Self::Blocking => blocking::ClientBuilder::from(builder)
                .open()
                .map(Client::from),
            Self::Tokio | Self::Smol => self.wait(builder.open()),
        }
    }

    pub(crate) fn send<A, E>(self, client: &Client<A>, call: E) -> Result<E::Response>
    where
        E: Endpoint<Access: PermittedTo<A>>,
    {
        match self {
            Self::Blocking => blocking::Client::from(client.clone()).send(call),
            Self::Tokio | Self::Smol => self.wait(client.send(call)),
        }
    }

    pub(crate) fn send_within<A, E>(
        self,
        client: &Client<A>,
        call: E,
        total: Duration,
    ) -> Result<E::Response>
    where
        E: Endpoint<Access: PermittedTo<A>>,
    {
        match self {
            Self::Blocking => blocking::Client::from(client.clone()).send_within(call, total),
            Self::Tokio | Self::Smol => self.wait(client.send_within(call, total)),
        }
    }

    pub(crate) fn session<A>(self, client: &Client<A>) -> Result<LoggedIn, LoginError> {
        match self {
            Self::Blocking => blocking::Client::from(client.clone()).session(),
            Self::Tokio | Self::Smol => self.wait(client.session()),
        }
    }
}

/// A feed or a watch, of the async or of the blocking client.
pub(crate) trait Events {
    type Item;

    /// Waits up to `time` for the next item; `None` if there was none, and
    /// `Some(None)` after the end.
    fn next_within(&mut self, adapter: Adapter, time: Duration) -> Option<Option<Self::Item>>;
}

/// A feed of either client.
pub(crate) type Feed<M> = Box<dyn Events<Item = Event<M>>>;

macro_rules! events {
    ($($name:ident: $item:ty),+ $(,)?) => {$(
        impl Events for $name {
            type Item = $item;

            fn next_within(
                &mut self,
                adapter: Adapter,
                time: Duration,
            ) -> Option<Option<Self::Item>> {
                adapter.wait_within(time, self.next())
            }
        }

        impl Events for blocking::$name {
            type Item = $item;

            fn next_within(&mut self, _: Adapter, time: Duration) -> Option<Option<Self::Item>> {
                self.next_within(time).ok()
            }
        }
    )+};
}

events! {
    MarketFeed: Event<MarketMessage>,
    AccountFeed: Event<AccountMessage>,
    MarketWatch: Event<MarketMessage>,
    LatestWatch: Update,
}
