//! The three states of a member of a delta.

/// What a tick says of one of its members.
///
/// The first tick after a subscription is full: there, [`Change::Unchanged`]
/// means that the member has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Change<T> {
    /// The member is absent: its value stands.
    #[default]
    Unchanged,
    /// The member is `null`: it has no value any more.
    Cleared,
    /// The member has this value now.
    Set(T),
}

impl<T> Change<T> {
    /// The new value, if there is one.
    #[must_use]
    pub fn value(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Unchanged | Self::Cleared => None,
        }
    }

    /// Whether the member stands on the wire at all.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        !matches!(self, Self::Unchanged)
    }

    /// Whether the member lost its value.
    #[must_use]
    pub const fn is_cleared(&self) -> bool {
        matches!(self, Self::Cleared)
    }

    /// Applies the change to a kept value.
    pub fn apply_to(self, kept: &mut Option<T>) {
        match self {
            Self::Unchanged => {}
            Self::Cleared => *kept = None,
            Self::Set(value) => *kept = Some(value),
        }
    }

    /// Changes the type of the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Unchanged => Change::Unchanged,
            Self::Cleared => Change::Cleared,
            Self::Set(value) => Change::Set(convert(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_to_a_kept_value() {
        let mut kept = Some(1);
        Change::Unchanged.apply_to(&mut kept);
        assert_eq!(kept, Some(1));
        Change::Set(2).apply_to(&mut kept);
        assert_eq!(kept, Some(2));
        Change::Cleared.apply_to(&mut kept);
        assert_eq!(kept, None);
    }
}
