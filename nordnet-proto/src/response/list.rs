//! Lists that one bad element does not spoil.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Complaint, cut};

/// How many unreadable elements of a list are kept: a response may hold
/// millions.
const KEPT: usize = 100;

/// The most bytes that the elements of a list take, texts and nested lists aside: a
/// hostile response has millions of empty ones.
const MOST_BYTES: usize = 10 << 20;

/// A list as the server sent it, element by element: one that cannot be read
/// does not lose the others.
///
/// It is a slice of its readable elements. A response of 204 is an empty list.
/// Written with serde it is the readable elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T> {
    items: Vec<T>,
    skipped: Vec<Unread>,
    skipped_count: usize,
}

impl<T> List<T> {
    /// The elements that could not be read, in order: the first hundred.
    #[must_use]
    pub fn skipped(&self) -> &[Unread] {
        &self.skipped
    }

    /// How many elements could not be read.
    #[must_use]
    pub const fn skipped_count(&self) -> usize {
        self.skipped_count
    }

    /// The readable elements by value.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.items
    }

    /// Appends another list that goes on where this one ends.
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.items.len() + self.skipped_count;
        self.items.extend(other.items);
        self.skipped_count += other.skipped_count;
        let room = KEPT.saturating_sub(self.skipped.len());
        self.skipped
            .extend(other.skipped.into_iter().take(room).map(|unread| Unread {
                index: before + unread.index,
                ..unread
            }));
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// Takes the readable elements out, and leaves what was skipped.
    pub(crate) fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.items)
    }

    fn skip(&mut self, index: usize, json: &str, error: &serde_json::Error) {
        self.skipped_count += 1;
        if self.skipped.len() < KEPT {
            let Complaint { path, reason } = Complaint::new(json.as_bytes(), error);
            self.skipped.push(Unread {
                index,
                path: cut(&path).into(),
                reason: cut(&reason).into(),
                json: cut(json).into(),
            });
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            items,
            skipped: Vec::new(),
            skipped_count: 0,
        }
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

/// Through `serde_json` only: the text of each element is cut out first.
impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);

        impl<'de, T: DeserializeOwned> Visitor<'de> for Elements<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<List<T>, A::Error> {
                let mut list = List::default();
                let mut index = 0;
                let most = MOST_BYTES / size_of::<T>().max(1);
                while let Some(element) = elements.next_element::<Box<RawValue>>()? {
                    match serde_json::from_str(element.get()) {
                        Ok(_) if list.items.len() >= most => {
                            let reason = format_args!("more than {most} elements");
                            return Err(A::Error::custom(reason));
                        }
                        Ok(item) => list.items.push(item),
                        Err(error) => list.skip(index, element.get(), &error),
                    }
                    index += 1;
                }
                Ok(list)
            }
        }

        deserializer.deserialize_seq(Elements(PhantomData))
    }
}

/// An element of a list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    index: usize,
    path: String,
    reason: String,
    json: String,
}

impl Unread {
    /// Where it stood in the list, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The member of the element that is wrong, such as `price.value`; empty if
    /// it is the element as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The element as the server sent it; at most the first 256 bytes.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "element {}", self.index)?;
        if !self.path.is_empty() {
            write!(f, ", {}", self.path)?;
        }
        write!(f, ": {}", self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_element_does_not_lose_the_list() {
        let list: List<i64> = serde_json::from_str(r#"[1, "x", 3]"#).unwrap();
        assert_eq!(&*list, [1, 3]);
        let [unread] = list.skipped() else {
            panic!("{list:?}");
        };
        assert_eq!((unread.index(), unread.json()), (1, "\"x\""));
        assert_eq!(serde_json::to_string(&list).unwrap(), "[1,3]");
    }

    #[test]
    fn of_a_list_of_rubbish_little_is_kept() {
        let body = format!("[{}0]", "0,".repeat(200_000));
        let texts: List<String> = serde_json::from_str(&body).unwrap();
        assert_eq!((texts.len(), texts.skipped_count()), (0, 200_001));
        assert_eq!(texts.skipped().len(), KEPT);

        let body = format!("[\"{}\"]", "å".repeat(10_000));
        let numbers: List<i64> = serde_json::from_str(&body).unwrap();
        let unread = &numbers.skipped()[0];
        assert!(unread.json().len() <= 256 && unread.to_string().len() <= 280);
    }

    #[test]
    fn a_list_that_goes_on_counts_on() {
        let mut list: List<i64> = serde_json::from_str(r#"[1, "x"]"#).unwrap();
        list.append(serde_json::from_str("[null, 4]").unwrap());
        assert_eq!(&*list, [1, 4]);
        let at: Vec<_> = list.skipped().iter().map(Unread::index).collect();
        assert_eq!((at, list.skipped_count()), (vec![1, 2], 2));
    }
}
