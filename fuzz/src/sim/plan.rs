//! What may go wrong in a life, drawn from its seed.

use std::time::Duration;

use nordnet_proto::{FeedConfig, Reconnect};

use super::rng::Rng;

macro_rules! faults {
    ($( $(#[$meta:meta])* $name:ident )+) => {
        /// Something that may go wrong, or that is unkind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $( $(#[$meta])* $name, )+ }

        impl Fault {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

faults! {
    // The link.
    /// Bytes are read in small pieces.
    Chunk
    /// Bytes are under way for a while.
    Delay
    /// The stream ends at any byte.
    CutEnd
    /// The connection is reset at any byte.
    CutReset
    /// Nothing gets through any more, and nobody is told.
    HalfOpen
    /// One byte now and then.
    Drip
    /// Nothing gets through for some seconds.
    Stall
    /// A byte of the server changes.
    Corrupt
    // Connecting.
    NoName
    RefuseConnect
    Tls
    BlackHole
    SlowConnect
    // The feed's server.
    RejectLogin
    HangUp
    /// Commands that come too fast are dropped, with an `err`.
    RateDrop
    /// Commands that come much too fast end the connection.
    RateClose
    /// A command has no effect and no answer.
    SilentDrop
    RefuseSome
    Garbage
    LongLine
    EndlessLine
    /// Another program opens the private feed of the same session.
    Displace
    NoHeartbeat
    Flood
    EchoKey
    Restart
    BareErr
    /// The session ends at the server.
    Expire
    // The REST side.
    LoginFails
    LoginWaits
    LoginRefused
    LoginSlow
    /// Somebody else logs in anew, and the feed is told.
    Renewed
    /// An older session, or an error that nobody asked for, is told.
    OldLogin
    // The driver.
    Late
    Twice
    Forgets
    OldAnswers
    Backwards
    PartWrites
    WriteStall
    /// More is read before outputs are asked for.
    Lazy
    // The user.
    Churn
    Bulk
    CloseEarly
}

/// A life in short: everything in it follows from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// The faults of this life, a bit each.
    pub(crate) faults: u64,
    /// How many things happen before all goes quiet.
    pub(crate) steps: usize,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let one_in = [2, 4, 8, 64][rng.below(4)];
        let mut faults = 0;
        for fault in Fault::ALL {
            let rare = match fault {
                // They end a life, or cost much.
                Fault::CloseEarly | Fault::LoginRefused | Fault::Flood => 8,
                Fault::Bulk | Fault::BareErr => 4,
                _ => 1,
            };
            if rng.one_in(one_in * rare) {
                faults |= 1 << *fault as u64;
            }
        }
        let steps = if rng.one_in(16) {
            400
        } else {
            rng.range(20, 120)
        };
        Self {
            seed,
            faults,
            steps,
        }
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.faults & 1 << fault as u64 != 0
    }

    pub(crate) fn without(mut self, fault: Fault) -> Self {
        self.faults &= !(1 << fault as u64);
        self
    }

    pub(crate) fn is_private(&self) -> bool {
        self.seed % 4 == 3
    }

    pub(crate) fn config(&self, rng: &mut Rng) -> FeedConfig {
        let mut config = FeedConfig::default();
        config.max_line = *rng.pick(&[300, 512, 4096]);
        config.commands_per_second = *rng.pick(&[2, 5, 20, 100]);
        config.commands_per_half_minute = *rng.pick(&[12, 60, 300, 2000]);
        config.healthy_after = Duration::from_secs(*rng.pick(&[5, 20, 60]));
        config.rejected_for = Duration::from_secs(*rng.pick(&[0, 5, 180]));
        if rng.one_in(3) {
            config.backoff_first = rng.millis(50, 2000);
            config.backoff_cap = rng.millis(2000, 30_000);
        }
        if rng.one_in(24) {
            config.reconnect = Reconnect::Never;
        }
        config
    }
}

/// How many commands a second are possible in the long run, at least one.
pub(crate) fn rate(config: &FeedConfig) -> usize {
    let in_the_long_run = config.commands_per_half_minute / 30;
    config.commands_per_second.min(in_the_long_run).max(1)
}

/// The names of the faults of a plan.
pub(crate) fn names(plan: &Plan) -> Vec<Fault> {
    let had = |fault: &&Fault| plan.has(**fault);
    Fault::ALL.iter().filter(had).copied().collect()
}
