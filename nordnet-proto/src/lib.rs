//! placeholder
mod api;
mod backoff;
mod country;
mod decimal;
mod failure;
mod id;
mod open_enum;
mod random;
mod secret;
mod session_key;
mod time;
pub use crate::country::*;
pub use crate::decimal::*;
pub use crate::failure::*;
pub use crate::id::*;
pub use crate::secret::Passphrase;
pub use crate::session_key::*;
pub use crate::time::*;
