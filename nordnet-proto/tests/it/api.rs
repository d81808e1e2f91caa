//! What the tests of the REST API share.

pub(crate) mod calls;
pub(crate) mod spec;
