//! Which challenges are signed.

use nordnet_proto::ChallengeForm::{Base64, HexAndDashes, Printable};
use nordnet_proto::{ChallengeError, Config, Country, LoginError};

use crate::driver::{CHALLENGE, World, in_turn};
use crate::login::{challenge, log_in, session};

#[test]
fn only_short_challenges_of_plain_characters_are_signed() {
    for (text, error) in [
        (String::new(), ChallengeError::Length(0)),
        ("1234567".into(), ChallengeError::Length(7)),
        ("x".repeat(257), ChallengeError::Length(257)),
        ("x".repeat(60_000), ChallengeError::Length(60_000)),
        ("abc\0defgh".into(), ChallengeError::NotPrintable),
        ("abc\ndefgh".into(), ChallengeError::NotPrintable),
        ("abc defgh".into(), ChallengeError::NotPrintable),
        ("abcdefgå".into(), ChallengeError::NotPrintable),
        ("abcdefgh\u{7f}".into(), ChallengeError::NotPrintable),
    ] {
        let (world, result) = log_in([challenge(&text)]);
        assert_eq!(
            result.unwrap_err(),
            LoginError::Challenge(error),
            "{text:.9}"
        );
        assert_eq!(world.login_requests.len(), 1, "nothing signed was sent");
    }
    for text in ["12345678".to_owned(), "f".repeat(256), "-A0f-".repeat(9)] {
        let (_, result) = log_in([challenge(&text), session()]);
        assert!(result.is_ok(), "{text}");
    }
}

#[test]
fn another_form_of_challenge_is_signed_only_if_it_is_allowed() {
    let jws = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJtZSJ9";
    for (text, needed) in [
        (CHALLENGE, HexAndDashes),
        ("0123456789abcdefg", Base64),
        ("q0+/-_Zz9A==", Base64),
        (jws, Printable),
        (r#"{"transfer":"all"}"#, Printable),
        ("~!{}\"\\:;", Printable),
    ] {
        for allowed in [HexAndDashes, Base64, Printable] {
            let mut config = Config::new(Country::Sweden);
            config.challenge_form = allowed;
            let mut world = World::new(config);
            world.login_server = Box::new(in_turn([challenge(text), session()]));
            let result = world.log_in();
            if needed <= allowed {
                assert!(result.is_ok(), "{text}");
                continue;
            }
            let error = result.unwrap_err();
            assert_eq!(
                error,
                LoginError::Challenge(ChallengeError::NotAllowed { needed })
            );
            let remedy = format!("allow_challenge(ChallengeForm::{needed:?})");
            assert!(error.to_string().contains(&remedy), "{error}");
            assert!(!error.to_string().contains(text), "{error}");
            assert_eq!(world.login_requests.len(), 1, "nothing signed was sent");
        }
    }
    let mut config = Config::new(Country::Sweden);
    config.challenge_form = Printable;
    for text in [
        "abc\0defgh",
        "abc defgh",
        "abcdefg\u{e5}",
        "short",
        &"x".repeat(257),
    ] {
        let mut world = World::new(config.clone());
        world.login_server = Box::new(in_turn([challenge(text)]));
        assert!(world.log_in().is_err(), "{text:?}");
    }
}
