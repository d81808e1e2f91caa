#![allow(missing_docs, dead_code)]
#[path = "it/clock.rs"]
mod clock;
#[path = "it/driver.rs"]
mod driver;
#[path = "it/order_calls.rs"]
mod order_calls;
#[path = "it/order_once.rs"]
mod order_once;
#[path = "it/order_references.rs"]
mod order_references;
#[path = "it/keys.rs"]
mod keys;
#[path = "it/login.rs"]
mod login;
