//! Texts for people, in Swedish and in English. Codes are never translated.

use super::listings::Kind;
use super::verdict;

/// The same in Swedish and in English.
pub(crate) type Text = [&'static str; 2];

/// The languages that can be asked for; nb and nn mean no.
const LANGUAGES: [&str; 8] = ["da", "de", "en", "fi", "nb", "nn", "no", "sv"];

/// Says whether texts are to be in English: who asks for a language that
/// there are no texts in gets that instead of the session's Swedish.
pub(crate) fn wants_english(accept_language: Option<&str>) -> bool {
    let mut best = ("sv", 0.0);
    for part in accept_language.unwrap_or_default().split(',') {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let primary = tag.trim().split('-').next().unwrap_or_default();
        let weight = parameters.trim().strip_prefix("q=").unwrap_or("1");
        let weight: f64 = weight.parse().unwrap_or(0.0);
        let known = LANGUAGES
            .iter()
            .find(|known| primary.eq_ignore_ascii_case(known));
        if let Some(language) = known
            && weight > best.1
        {
            best = (language, weight);
        }
    }
    best.0 != "sv"
}

/// Returns the text to a code, in Swedish unless English is asked for.
pub(crate) fn text(code: &str, english: bool) -> &'static str {
    let texts = match code {
        "INVALID_PARAMETER" => ["Ogiltig parameter", "Invalid parameter"],
        "INVALID_SESSION" => ["Ogiltig session", "Invalid session"],
        "LOGIN_FAILED" => ["Inloggningen misslyckades", "Login failed"],
        "ACCOUNT_NOT_FOUND" => ["Kontot finns inte", "No such account"],
        "NOT_FOUND" => ["Sidan finns inte", "No such resource"],
        "NOT_ACCEPTABLE" => ["Svaret är alltid JSON", "Replies are always JSON"],
        "TOO_MANY_REQUESTS" => ["För många anrop", "Too many requests"],
        "SERVICE_UNAVAILABLE" => ["Tjänsten är inte tillgänglig", "Service unavailable"],
        code => verdict::text(code).unwrap_or(["Fel", "Error"]),
    };
    texts[usize::from(english)]
}

/// The countries that there are names for.
pub(crate) const COUNTRIES: [(&str, Text); 11] = [
    ("SE", ["Sverige", "Sweden"]),
    ("NO", ["Norge", "Norway"]),
    ("DK", ["Danmark", "Denmark"]),
    ("FI", ["Finland", "Finland"]),
    ("DE", ["Tyskland", "Germany"]),
    ("NL", ["Nederländerna", "Netherlands"]),
    ("GB", ["Storbritannien", "United Kingdom"]),
    ("FR", ["Frankrike", "France"]),
    ("CH", ["Schweiz", "Switzerland"]),
    ("US", ["USA", "United States"]),
    ("CA", ["Kanada", "Canada"]),
];

/// How a kind of security is called on the wire.
pub(crate) struct Naming {
    pub(crate) instrument_type: &'static str,
    pub(crate) name: Text,
    pub(crate) group: &'static str,
    pub(crate) asset_class: &'static str,
}

const fn naming(
    instrument_type: &'static str,
    name: Text,
    group: &'static str,
    asset_class: &'static str,
) -> Naming {
    Naming {
        instrument_type,
        name,
        group,
        asset_class,
    }
}

pub(crate) const SHARE: Naming = naming("ESH", ["Aktie", "Share"], "EQUITY", "EQY");
const ETF: Naming = naming(
    "ETF",
    ["Börshandlad fond", "Exchange-traded fund"],
    "ETF",
    "ETP",
);
const CERTIFICATE: Naming = naming("CER", ["Certifikat", "Certificate"], "PINV", "ETP");
const MINI_LONG: Naming = naming(
    "MFL",
    ["Mini future lång", "Mini future long"],
    "PINV",
    "ETP",
);
const MINI_SHORT: Naming = naming(
    "MFS",
    ["Mini future kort", "Mini future short"],
    "PINV",
    "ETP",
);
const TURBO_LONG: Naming = naming(
    "UTL",
    ["Unlimited turbo lång", "Unlimited turbo long"],
    "PINV",
    "ETP",
);
const TURBO_SHORT: Naming = naming(
    "UTS",
    ["Unlimited turbo kort", "Unlimited turbo short"],
    "PINV",
    "ETP",
);
const WARRANT: Naming = naming("WAR", ["Warrant", "Warrant"], "WARRANT", "ETP");
const OPTION: Naming = naming("OPT", ["Option", "Option"], "DERIVATIVES", "DER");
pub(crate) const FUND: Naming = naming("FND", ["Fond", "Fund"], "FUND", "FND");
pub(crate) const INDEX: Naming = naming("IND", ["Index", "Index"], "INDICATOR", "IND");

pub(crate) const INSTRUMENT_TYPES: [&Naming; 11] = [
    &SHARE,
    &ETF,
    &CERTIFICATE,
    &MINI_LONG,
    &MINI_SHORT,
    &TURBO_LONG,
    &TURBO_SHORT,
    &WARRANT,
    &OPTION,
    &FUND,
    &INDEX,
];

/// Returns the naming of a kind; some depend on the direction.
pub(crate) fn naming_of(kind: Kind, rises: bool) -> &'static Naming {
    match (kind, rises) {
        (Kind::Share, _) => &SHARE,
        (Kind::Fund, _) => &ETF,
        (Kind::Certificate, _) => &CERTIFICATE,
        (Kind::MiniFuture, true) => &MINI_LONG,
        (Kind::MiniFuture, false) => &MINI_SHORT,
        (Kind::Turbo, true) => &TURBO_LONG,
        (Kind::Turbo, false) => &TURBO_SHORT,
        (Kind::Warrant, _) => &WARRANT,
        (Kind::Option, _) => &OPTION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_counts() {
        for (header, english) in [
            (None, false),
            (Some("en"), true),
            (Some("EN-us"), true),
            (Some("sv"), false),
            (Some("nb"), true),
            (Some("fr"), false),
            (Some("fr, sv;q=0.4, en;q=0.9"), true),
            (Some("sv-SE,en;q=0.9"), false),
            (Some("en;q=0"), false),
            (Some("de;q=loud"), false),
        ] {
            assert_eq!(wants_english(header), english, "{header:?}");
        }
    }
}
