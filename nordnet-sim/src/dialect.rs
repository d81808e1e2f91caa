//! What the reference leaves open, as switches with every answer.

use std::fmt;
use std::str::FromStr;

/// Declares the switches: a type each, the struct that holds them, and the
/// parsing of `NAME=VALUE,..` with the list of what there is.
macro_rules! switches {
    ($(
        #[doc = $doc:literal]
        $field:ident : $name:ident {
            #[doc = $first_doc:literal] $first:ident = $first_text:literal,
            $(#[doc = $other_doc:literal] $other:ident = $other_text:literal,)*
        }
    )*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
            pub enum $name {
                #[doc = $first_doc]
                #[default]
                $first,
                $(#[doc = $other_doc] $other,)*
            }
        )*

        /// The answers to the questions that the reference leaves open.
        ///
        /// A client must work with all of them. Parsed from `NAME=VALUE,..`;
        /// the default is the likeliest answer to each.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Dialect {
            $(#[doc = $doc] pub $field: $name,)*
        }

        impl Dialect {
            /// Every switch.
            pub const KNOWN: &'static [Switch] = &[$(Switch {
                name: stringify!($field),
                about: $doc.trim_ascii(),
                values: &[
                    ($first_text, $first_doc.trim_ascii()),
                    $(($other_text, $other_doc.trim_ascii()),)*
                ],
            },)*];

            fn set(&mut self, switch: &str, value: &str) -> bool {
                match (switch, value) {
                    $(
                        (stringify!($field), $first_text) => self.$field = $name::$first,
                        $((stringify!($field), $other_text) => self.$field = $name::$other,)*
                    )*
                    _ => return false,
                }
                true
            }
        }
    };
}

/// A switch of the [`Dialect`], for those who list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Switch {
    /// Its name in a dialect text.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Its values in a dialect text with what they mean, the default first.
    pub values: &'static [(&'static str, &'static str)],
}

impl fmt::Display for Switch {
    /// Writes `NAME=VALUE|..`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        for (index, (value, _)) in self.values.iter().enumerate() {
            write!(f, "{}{value}", if index == 0 { '=' } else { '|' })?;
        }
        Ok(())
    }
}

switches! {
    /// How prices and other doubles are written.
    numbers: Numbers {
        /// As a JVM prints a double: `111.0`, `2.06845115E7`.
        Jvm = "jvm",
        /// The shortest plain decimal: `111`, `20684511.5`.
        Plain = "plain",
    }
    /// White space between the parts of a JSON text.
    spaces: Spaces {
        /// None.
        None = "none",
        /// One space after each colon and comma.
        Some = "some",
    }
    /// The order of an object's members.
    members: Members {
        /// The order of the reference's tables.
        Table = "table",
        /// Another order every time.
        Shuffled = "shuffled",
    }
    /// A member of a reply that is optional and has no value.
    absent: AbsentMembers {
        /// It is left out.
        LeftOut = "left_out",
        /// It is `null`.
        Null = "null",
    }
    /// A list with nothing in it.
    empty_lists: EmptyLists {
        /// Status 204 without a body.
        NoContent = "no_content",
        /// Status 200 with `[]`.
        Ok = "ok",
    }
    /// An id that does not exist, in a list of ids that is asked for.
    bad_ids: BadIds {
        /// The reply has the others.
        Skipped = "skipped",
        /// The call fails with 400.
        Refused = "refused",
    }
    /// A call for an account that does not exist.
    unknown_account: UnknownAccount {
        /// Status 404.
        NotFound = "not_found",
        /// Status 400.
        BadRequest = "bad_request",
        /// Status 403.
        Forbidden = "forbidden",
    }
    /// The codes of errors and of refused orders.
    error_codes: ErrorCodes {
        /// A word that says what is wrong: `INVALID_PARAMETER`.
        Named = "named",
        /// One that says nothing: `E04711`.
        Opaque = "opaque",
    }
    /// Where the range of a tick table ends.
    tick_ranges: TickRanges {
        /// At its last price, a step below the next range.
        Gapped = "gapped",
        /// Where the next range begins.
        Joined = "joined",
    }
    /// Whether a filled order is still in the list without `deleted=true`.
    filled_orders: FilledOrders {
        /// It is not.
        Hidden = "hidden",
        /// It is.
        Listed = "listed",
    }
    /// How an order request is refused that can be understood.
    refusals: Refusals {
        /// With status 200 and a result code.
        Reply = "reply",
        /// With status 400 and an error code.
        Error = "error",
    }
    /// What the volume in a change means.
    changed_volume: ChangedVolume {
        /// All of the order, with what is executed already.
        Total = "total",
        /// What is left of it.
        Left = "left",
    }
    /// What a change without a single field does.
    empty_change: EmptyChange {
        /// It is a bad request.
        Refused = "refused",
        /// Nothing, and that is fine.
        Ok = "ok",
    }
    /// Whether an order type and an activation condition must name each other.
    pairing: Pairing {
        /// They must.
        Strict = "strict",
        /// One of them is enough, and a condition makes more of `LIMIT`.
        Lenient = "lenient",
    }
    /// What the target of a trailing stop is, in percent.
    target_sign: TargetSign {
        /// It is added to the price: -6 is below it.
        Signed = "signed",
        /// How far away it is: 6 is below for a sale and above for a purchase.
        Distance = "distance",
    }
    /// Where it is today: for lists of what happened, and for `valid_until`.
    today: Today {
        /// In Stockholm.
        Stockholm = "stockholm",
        /// In UTC.
        Utc = "utc",
    }
    /// Which orders and trades are first in a list.
    lists: ListOrder {
        /// The oldest.
        Oldest = "oldest",
        /// The newest.
        Newest = "newest",
    }
    /// How cancelling an order once more is answered.
    repeated_cancel: RepeatedCancel {
        /// It is refused.
        Refused = "refused",
        /// It is fine.
        Ok = "ok",
    }
    /// What a second subscription to the same thing brings.
    repeated_subscribe: RepeatedSubscribe {
        /// A full message, once more.
        Full = "full",
        /// Nothing.
        Ignored = "ignored",
    }
    /// The account ids (accid), which are valid in one session only.
    accids: Accids {
        /// The same in every session.
        Stable = "stable",
        /// Other ones in the next session.
        Rotated = "rotated",
        /// None, as on a partner's session.
        Absent = "absent",
    }
    /// The shape of an order on the private feed.
    order_events: OrderEvents {
        /// All members of the REST schema.
        Full = "full",
        /// The members of the published example, without `traded_volume`.
        Lean = "lean",
    }
    /// What happens to the feeds of a session that expires.
    expiry: Expiry {
        /// They stay up; the next feed login with the key is refused.
        KeepsFeeds = "keeps_feeds",
        /// They are closed.
        CutsFeeds = "cuts_feeds",
    }
    /// What happens to the feeds of a session that is logged out of.
    logout: Logout {
        /// They are closed.
        CutsFeeds = "cuts_feeds",
        /// They stay up; the next feed login with the key is refused.
        KeepsFeeds = "keeps_feeds",
    }
    /// What a login does to the sessions that there are.
    logins: Logins {
        /// Nothing: they live side by side.
        Coexist = "coexist",
        /// It ends them, and their feeds as `expiry` says.
        Newest = "newest",
    }
    /// How a session that has ended answers to being touched (`PUT /login`).
    dead_touch: DeadTouch {
        /// With 401.
        Refused = "refused",
        /// With 200 and `logged_in` false.
        Told = "told",
    }
    /// How a login on a feed is refused.
    feed_refusal: FeedRefusal {
        /// With an `err` message, then the end.
        ErrClose = "err_close",
        /// With the end alone.
        Close = "close",
        /// With an `err` message alone; without a login the end comes in time.
        Err = "err",
    }
    /// How many public feed connections a session has.
    public_feeds: PublicFeeds {
        /// As many as it likes.
        Many = "many",
        /// One: a new one displaces the old.
        One = "one",
    }
    /// What a heartbeat holds.
    heartbeats: Heartbeats {
        /// Nothing.
        Empty = "empty",
        /// Members that the reference does not know.
        Members = "members",
    }
    /// How letters beyond ASCII are written in texts.
    texts: Texts {
        /// As UTF-8.
        Utf8 = "utf8",
        /// As escapes.
        Escaped = "escaped",
    }
    /// How lines on the feeds end.
    line_ends: LineEnds {
        /// With LF.
        Lf = "lf",
        /// With CR and LF.
        CrLf = "crlf",
    }
    /// Whether members and messages come now and then that nobody has heard of.
    surprises: Surprises {
        /// They do not.
        None = "none",
        /// They do, members at any depth, in replies too.
        Some = "some",
    }
    /// What a login challenge looks like.
    challenge_form: ChallengeForm {
        /// A UUID: hexadecimal digits and dashes.
        Uuid = "uuid",
        /// A UUID in base64.
        Base64 = "base64",
        /// A name, a time and a UUID, with colons between.
        Named = "named",
    }
    /// Which login challenges can be answered.
    challenges: Challenges {
        /// Each one for its 30 seconds.
        Many = "many",
        /// Only the newest.
        Newest = "newest",
    }
}

impl FromStr for Dialect {
    type Err = UnknownSwitch;

    fn from_str(text: &str) -> Result<Self, UnknownSwitch> {
        let mut dialect = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let known = part
                .split_once('=')
                .is_some_and(|(switch, value)| dialect.set(switch.trim(), value.trim()));
            if !known {
                return Err(UnknownSwitch(part.to_owned()));
            }
        }
        Ok(dialect)
    }
}

/// A dialect text names a switch or a value that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSwitch(String);

impl fmt::Display for UnknownSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown dialect `{}`; known are", self.0)?;
        for (index, switch) in Dialect::KNOWN.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator} {switch}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownSwitch {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_switches_and_keeps_the_other_defaults() {
        let dialect: Dialect = "numbers=plain,filled_orders=listed".parse().unwrap();
        assert_eq!(dialect.numbers, Numbers::Plain);
        assert_eq!(dialect.filled_orders, FilledOrders::Listed);
        assert_eq!(dialect.spaces, Spaces::None);
    }

    #[test]
    fn every_known_value_is_accepted() {
        for switch in Dialect::KNOWN {
            for (value, _) in switch.values {
                let text = format!("{}={value}", switch.name);
                assert!(text.parse::<Dialect>().is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn refuses_an_unknown_name_and_lists_the_known() {
        for text in ["colour=red", "numbers=roman", "numbers"] {
            let error = text.parse::<Dialect>().unwrap_err().to_string();
            assert!(
                error.contains(text) && error.contains("numbers=jvm|plain"),
                "{error}"
            );
        }
    }
}
