//! Threads and locks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// A thread that is not started yet. Unlike `thread::spawn`, its `spawn` does not panic
/// if the system starts none.
pub(crate) fn thread(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.into())
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
