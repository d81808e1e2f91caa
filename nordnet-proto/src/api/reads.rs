//! What the calls that only read have in common.

/// Writes what is the same in the [`Endpoint`](crate::Endpoint) of every call
/// that reads in a session; a 204 is the default of its response.
macro_rules! reads {
    ($operation:expr => $response:ty) => {
        $crate::api::reads::reads!($operation => $response, $crate::response::object_or_none);
    };
    ($operation:expr => $response:ty, $read:path) => {
        const OPERATION: &'static str = $operation;
        const METHOD: http::Method = http::Method::GET;
        const SAFETY: $crate::endpoint::Safety = $crate::endpoint::Safety::Read;
        type Auth = $crate::endpoint::InSession;
        type Access = $crate::endpoint::Observe;
        type Response = $response;

        fn settle(
            &self,
            answer: Result<$crate::request::HttpResponse, $crate::failure::Failure>,
        ) -> Result<$response, $crate::error::Error> {
            $read(Self::OPERATION, answer)
        }
    };
}

/// Defines a call that lists all there is.
macro_rules! reads_all {
    (
        $(#[$meta:meta])*
        $name:ident, $operation:literal => $item:ty, $( $segment:literal )/+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name {}

        impl $name {
            /// Lists them all.
            #[must_use]
            pub const fn new() -> Self {
                Self {}
            }
        }

        impl $crate::endpoint::Endpoint for $name {
            $crate::api::reads::reads!($operation => $crate::response::List<$item>);

            fn target(&self, target: &mut $crate::endpoint::Target) {
                target $( .segment($segment) )+;
            }
        }
    };
}

/// Defines a call that takes a list of keys, and gives what they stand for.
macro_rules! reads_some {
    (
        $(#[$meta:meta])*
        $name:ident of $key:ty, $operation:literal => $item:ty, $( $segment:literal )/+, $list:ident
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            keys: Vec<$key>,
        }

        impl $name {
            /// Asks about one.
            pub fn of(key: impl Into<$key>) -> Self {
                Self::of_all([key])
            }

            /// Asks about several in one call. None at all is an error when it
            /// is sent.
            pub fn of_all(keys: impl IntoIterator<Item = impl Into<$key>>) -> Self {
                Self {
                    keys: keys.into_iter().map(Into::into).collect(),
                }
            }
        }

        impl $crate::endpoint::Endpoint for $name {
            $crate::api::reads::reads!($operation => $crate::response::List<$item>);

            fn target(&self, target: &mut $crate::endpoint::Target) {
                target $( .segment($segment) )+ .$list(&self.keys);
            }
        }
    };
}

pub(crate) use {reads, reads_all, reads_some};
