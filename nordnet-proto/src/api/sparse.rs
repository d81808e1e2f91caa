//! Replies of which most members may be absent.

/// Defines a reply whose members may be absent or null: they are `Option`s,
/// and are not written when `None`. A few may always be there.
macro_rules! sparse {
    (
        $(#[$meta:meta])*
        $name:ident always {
            $( $(#[$always_meta:meta])* $always:ident: $always_type:ty, )*
        } sometimes {
            $( $(#[$maybe_meta:meta])* $maybe:ident: $maybe_type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$always_meta])* pub $always: $always_type, )*
            $(
                $(#[$maybe_meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $maybe: Option<$maybe_type>,
            )*
        }
    };
    ( $(#[$meta:meta])* $name:ident { $($members:tt)* } ) => {
        $crate::api::sparse::sparse! {
            $(#[$meta])*
            #[derive(Default)]
            $name always {} sometimes { $($members)* }
        }
    };
}

pub(crate) use sparse;
