//! Functions of the program that the driver calls: a signer and a journal.

use std::sync::Arc;

use nordnet_proto::{Challenge, Intent, Signature};

use crate::wire::BoxFuture;

type Sign = dyn Fn(Challenge) -> BoxFuture<Result<Signature, String>> + Send + Sync;

/// Signs challenges with a private key that is kept elsewhere.
pub(crate) struct Signer(Box<Sign>);

impl Signer {
    pub(crate) fn new<F>(sign: impl Fn(Challenge) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Signature, String>> + Send + 'static,
    {
        Self(Box::new(move |challenge| Box::pin(sign(challenge))))
    }

    pub(crate) fn sign(&self, challenge: Challenge) -> BoxFuture<Result<Signature, String>> {
        (self.0)(challenge)
    }
}

type Record = dyn Fn(&Intent) -> Result<(), String> + Send + Sync;

/// Records the intents of order calls.
#[derive(Clone)]
pub(crate) struct Journal(Arc<Record>);

impl Journal {
    pub(crate) fn new(
        record: impl Fn(&Intent) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(record))
    }

    pub(crate) fn record(&self, intent: &Intent) -> Result<(), String> {
        (self.0)(intent)
    }
}
