//! Every error is one readable line, also where a program prints its `Debug`:
//! `main` does, with the error that it returns.

use std::error::Error as StdError;
use std::iter::successors;
use std::path::Path;
use std::time::Duration;

use nordnet_proto::api::{Amount, FillKey, GetAccountInfo};
use nordnet_proto::flow::ListingKey;
use nordnet_proto::order::ResolveError;
use nordnet_proto::{
    AccountMessage, AccountNumber, ApiKey, BadLine, BaseUrl, Cause, ChallengeError, ChallengeForm,
    Country, Date, Decimal, Endpoint, Error, Failure, InvalidOrder, KeyError, LineDecoder,
    LoginError, OrderId, Refusal, SetupError, TlsCause, TradableId,
};

use crate::driver::{CHALLENGE, answer, response};
use crate::flow::not_listed;
use crate::login::{challenge, log_in};
use crate::purity::sources;

/// What a user sees of an error.
struct Shown {
    debug: String,
    display: String,
    sources: Vec<String>,
}

/// Errors of any type.
#[derive(Default)]
struct All(Vec<Shown>);

impl All {
    fn add<E: StdError>(&mut self, errors: impl IntoIterator<Item = E>) {
        self.0.extend(errors.into_iter().map(|error| {
            Shown {
                debug: format!("{error:?}"),
                display: error.to_string(),
                sources: successors(error.source(), |&error| error.source())
                    .take(10)
                    .map(ToString::to_string)
                    .collect(),
            }
        }));
    }

    fn add_failed<T, E: StdError>(&mut self, results: impl IntoIterator<Item = Result<T, E>>) {
        self.add(results.into_iter().map(|result| result.err().unwrap()));
    }
}

fn failures() -> Vec<Failure> {
    let causes = [
        Cause::Resolve,
        Cause::Connect,
        Cause::Tls(TlsCause::Name),
        Cause::Tls(TlsCause::Validity),
        Cause::Tls(TlsCause::Issuer),
        Cause::Tls(TlsCause::Other),
        Cause::Timeout,
        Cause::Closed,
        Cause::Dropped,
        Cause::TooLarge,
        Cause::Protocol,
        Cause::Io(std::io::ErrorKind::ConnectionReset),
    ];
    let detailed = Failure::after_sending(Cause::Closed, "by the other side");
    let plain = causes.map(|cause| Failure::before_sending(cause, ""));
    plain.into_iter().chain([detailed]).collect()
}

fn settled(status: u16, body: &str) -> Error {
    let call = GetAccountInfo::of(AccountNumber::new(1));
    let answer = response(status, body, &[("retry-after", "400")]);
    call.settle(Ok(answer)).unwrap_err()
}

fn refusals() -> Vec<Refusal> {
    let bodies = [r#"{"code":"A_CODE","message":"a reason"}"#, "", "<html>"];
    let errors = bodies.map(|body| settled(503, body));
    let refusals = errors.iter().filter_map(Error::refusal).cloned();
    refusals.collect()
}

fn key_errors() -> Vec<KeyError> {
    vec![
        KeyError::NotOpenSsh("a PEM file"),
        KeyError::NotEd25519("ssh-rsa".into()),
        KeyError::Malformed("a length is wrong".into()),
        KeyError::PassphraseNeeded,
        KeyError::WrongPassphrase,
        KeyError::TooManyRounds(9_999),
    ]
}

fn setup_errors() -> Vec<SetupError> {
    let variable = "NORDNET_KEY_FILE";
    let mut errors = vec![
        SetupError::Missing {
            variable,
            meaning: "where the private key is",
        },
        SetupError::Invalid {
            variable,
            reason: "no path".into(),
        },
        SetupError::File {
            variable,
            reason: "there is none".into(),
        },
        SetupError::AccountFeedIsOpen,
        SetupError::RuntimeIsGone,
        SetupError::Exposed {
            path: "key".into(),
            mode: 0o644,
        },
        SetupError::Tls("no certificate".into()),
    ];
    errors.extend(key_errors().into_iter().map(SetupError::Key));
    errors
}

fn challenge_errors() -> [ChallengeError; 4] {
    [
        ChallengeError::Length(7),
        ChallengeError::NotPrintable,
        ChallengeError::NotAllowed {
            needed: ChallengeForm::Base64,
        },
        ChallengeError::TooOld,
    ]
}

fn login_errors() -> Vec<LoginError> {
    let refused = r#"{"code":"NEXT_INVALID_SIGNATURE","message":"Wrong signature"}"#;
    let (_, refused) = log_in([challenge(CHALLENGE), answer(401, refused)]);
    let mut errors = vec![
        refused.unwrap_err(),
        LoginError::LoggedOut,
        LoginError::NoCredentials,
        LoginError::ShortLived,
        LoginError::Signer("the agent is locked".into()),
        LoginError::FeedHost("http://example.com".parse::<BaseUrl>().unwrap_err()),
        LoginError::RateLimited {
            wait: Duration::from_secs(400),
        },
        LoginError::Unreadable { status: 200 },
        LoginError::OutOfTime,
    ];
    assert!(matches!(errors.first(), Some(LoginError::Refused(_))));
    errors.extend(challenge_errors().map(LoginError::Challenge));
    errors.extend(failures().into_iter().map(LoginError::Unreachable));
    let refusals = refusals().into_iter().map(Some).chain([None]);
    errors.extend(refusals.map(|refusal| LoginError::Unavailable {
        status: 403,
        wait: Some(Duration::from_secs(400)),
        refusal,
    }));
    errors
}

fn invalid_orders() -> [InvalidOrder; 11] {
    [
        InvalidOrder::Volume,
        InvalidOrder::Price,
        InvalidOrder::Currency,
        InvalidOrder::VisibleVolume,
        InvalidOrder::UnlikeCurrencies,
        InvalidOrder::Trigger,
        InvalidOrder::Tradable,
        InvalidOrder::Reference,
        InvalidOrder::NoReference,
        InvalidOrder::ReferenceInUse,
        InvalidOrder::NothingToChange,
    ]
}

/// The errors of a call.
fn errors() -> Vec<Error> {
    let mut errors = vec![
        Error::SessionEnded,
        Error::RateLimited {
            wait: Duration::from_secs(10),
            refusal: None,
        },
        Error::OutOfTime,
        Error::NotRecorded("the disk is full".into()),
        Error::TooLong,
        Error::NothingAsked,
        Error::BadIdentifier,
        settled(200, r#"[{"account_currency":7}]"#),
        settled(302, ""),
    ];
    errors.extend(failures().into_iter().map(Error::NotSent));
    errors.extend(failures().into_iter().map(Error::Lost));
    errors.extend(setup_errors().into_iter().map(Error::Setup));
    errors.extend(login_errors().into_iter().map(Error::Login));
    errors.extend(invalid_orders().map(Error::Invalid));
    errors.extend(not_listed().into_iter().map(Error::NotListed));
    errors.extend(refusals().into_iter().map(Error::Refused));
    for status in [400, 403, 429, 500] {
        let bodies = [r#"{"code":"A_CODE","message":"a reason"}"#, "", "<html>"];
        errors.extend(bodies.map(|body| settled(status, body)));
    }
    errors
}

fn bad_lines() -> Vec<BadLine> {
    let mut decoder = LineDecoder::new(4);
    decoder.push(b"a long line\n");
    let too_long = decoder.next_line().unwrap().unwrap_err();
    let lines: [&[u8]; 7] = [
        b"\xff",
        b"{",
        b"[]",
        b"{}",
        br#"{"type":"order","type":"order","data":{}}"#,
        br#"{"type":"order","data":{}}"#,
        br#"{"type":"order","data":7}"#,
    ];
    let malformed = lines.map(|line| BadLine::Malformed(AccountMessage::decode(line).unwrap_err()));
    malformed
        .into_iter()
        .chain([BadLine::TooLong(too_long)])
        .collect()
}

fn every_error() -> Vec<Shown> {
    let mut all = All::default();
    all.add(failures());
    all.add(key_errors());
    all.add(setup_errors());
    all.add(challenge_errors());
    all.add(login_errors());
    all.add(invalid_orders());
    all.add(errors());
    all.add(not_listed());
    all.add([ResolveError::InFlight, ResolveError::NotUnresolved]);
    for line in bad_lines() {
        match &line {
            BadLine::TooLong(too_long) => all.add([*too_long]),
            BadLine::Malformed(malformed) => all.add([malformed.clone()]),
            line => panic!("{line}"),
        }
        all.add([line]);
    }
    all.add_failed(["", "99999999999999999999"].map(str::parse::<Decimal>));
    all.add_failed(["86.5"].map(str::parse::<Amount>));
    all.add_failed(["1 2"].map(str::parse::<FillKey>));
    all.add_failed(["x"].map(str::parse::<OrderId>));
    all.add_failed(["11"].map(str::parse::<TradableId>));
    all.add_failed(["ERIC B"].map(str::parse::<ListingKey>));
    all.add_failed(["2026-02-30"].map(str::parse::<Date>));
    all.add_failed(["de"].map(str::parse::<Country>));
    all.add_failed(["", "http://example.com", "https://u:p@localhost"].map(str::parse::<BaseUrl>));
    all.add_failed(["not a UUID"].map(ApiKey::new));
    all.0
}

/// Whether a text has what only a derived `Debug` writes: `Name(` or `Name {`.
fn is_derived(text: &str) -> bool {
    let is_name = |word: &str| {
        let word = word.trim_start_matches(['(', '"', '[']);
        word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase)
    };
    let opened = text.match_indices(['(', '{']);
    let mut names = opened.filter_map(|(at, bracket)| {
        let before = &text[..at];
        let name = if bracket == "{" {
            before.trim_end()
        } else {
            before
        };
        name.rsplit([' ', ':']).next()
    });
    names.any(is_name)
}

#[test]
fn debug_is_the_readable_line_that_display_is() {
    let all = every_error();
    assert!(all.len() > 150, "{}", all.len());
    for Shown { debug, display, .. } in &all {
        assert_eq!(debug, display);
        assert!(debug.contains(' '), "{debug}");
        assert!(!debug.contains(['\n', '\r']), "{debug:?}");
        assert!(!debug.ends_with([' ', ':', '.']), "{debug}");
        assert!(!is_derived(debug), "{debug}");
    }
    let derived = [
        format!("{:?}", Some(Cause::Closed)),
        format!("{:?}", refusals()[0]),
    ];
    assert!(derived.iter().all(|text| is_derived(text)));
}

#[test]
fn sources_end_and_repeat_nothing() {
    for error in every_error() {
        assert!(error.sources.len() < 10, "{}", error.display);
        for source in &error.sources {
            assert!(!error.display.contains(source.as_str()), "{source}");
        }
    }
}

/// The texts of an error that wraps another one include those of the cause.
#[test]
fn display_includes_the_cause() {
    let display = |error: Error| error.to_string();
    for failure in failures() {
        let cause = failure.to_string();
        assert!(display(Error::NotSent(failure.clone())).contains(&cause));
        assert!(display(LoginError::Unreachable(failure).into()).contains(&cause));
    }
    for error in key_errors() {
        let cause = error.to_string();
        assert!(display(SetupError::Key(error).into()).contains(&cause));
    }
    for error in challenge_errors() {
        let cause = error.to_string();
        assert!(display(LoginError::Challenge(error).into()).contains(&cause));
    }
}

#[test]
fn every_error_type_gets_its_traits_from_one_macro() {
    let mut files = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&folder, &mut files);
    files.retain(|(path, _)| !path.starts_with(folder.join("driver")));
    let count = |text: &str| files.iter().filter(|(_, code)| code.contains(text)).count();
    assert_eq!(count("Error for "), 1, "only the macro");
    assert!(count("error_traits!(") > 15);
}
