//! Answers that are not Nordnet's: the pages of a maintenance or of a firewall,
//! and refusals that prove nothing about the credentials.

use std::time::Duration;

use nordnet_proto::api::{ListAccounts, Logout, SearchMain};
use nordnet_proto::{Doubt, Error, LoginError, LoginTurn, Outcome};

use crate::driver::{CHALLENGE, Reply, World, always, answer, in_turn, lets_in, response};
use crate::login::{challenge, log_in};
use crate::order_calls::{cancel, place};

const HOUR: Duration = Duration::from_secs(3600);
const PAGE: &str = "\n <!doctype html><title>Back soon</title>";
const NAMED: &str = "with text/html, which is not Nordnet's: a maintenance page or a firewall?";

fn page(status: u16) -> Reply {
    Reply::Answer(response(status, PAGE, &[("content-type", "text/html")]))
}

/// What an API gateway says, or a server without a word.
fn without_code() -> [Reply; 3] {
    [
        answer(401, ""),
        answer(403, r#"{"message":"Forbidden"}"#),
        answer(400, "[]"),
    ]
}

#[test]
fn a_page_in_place_of_a_login_does_not_latch_and_is_named() {
    for status in [400, 401, 403, 404, 405, 409, 451] {
        for steps in [vec![page(status)], vec![challenge(CHALLENGE), page(status)]] {
            let mut world = World::sweden();
            world.login_server = Box::new(in_turn(steps));
            let error = world.log_in().unwrap_err();
            assert!(!error.is_refusal(), "{status}");
            let text = error.to_string();
            assert!(text.contains(&format!("HTTP {status} {NAMED}")), "{text}");

            // As after a 503: the next login is a second away.
            world.wait(Duration::from_secs(1));
            world.login_server = lets_in();
            assert!(world.log_in().is_ok());
        }
    }
}

#[test]
fn a_page_without_a_content_type_is_a_page() {
    let (_, result) = log_in([answer(403, "Access denied")]);
    let text = result.unwrap_err().to_string();
    assert!(text.contains("HTTP 403 with no content type"), "{text}");
}

#[test]
fn only_a_code_at_the_second_step_refuses_the_credentials() {
    for reply in without_code() {
        let (_, result) = log_in([challenge(CHALLENGE), reply]);
        assert!(!result.unwrap_err().is_refusal());
    }
    for status in [400, 401, 403] {
        let refusal = || answer(status, r#"{"code":"NEXT_NO","message":"Nej"}"#);
        let (_, result) = log_in([refusal()]);
        let error = result.unwrap_err();
        assert!(!error.is_refusal(), "{error}");
        let said = format!("(HTTP {status}, NEXT_NO): Nej");
        assert!(error.to_string().contains(&said), "{error}");
        assert_eq!(error.refusal().unwrap().code.as_deref(), Some("NEXT_NO"));

        let (_, result) = log_in([challenge(CHALLENGE), refusal()]);
        assert!(result.unwrap_err().is_refusal(), "{status}");
    }
}

#[test]
fn such_logins_are_tried_six_times_an_hour_and_more_often_at_first() {
    let scripts: [fn() -> Vec<Reply>; 3] = [
        || vec![page(403)],
        || vec![challenge(CHALLENGE), page(401)],
        || vec![challenge(CHALLENGE), answer(401, "")],
    ];
    for script in scripts {
        let mut world = World::sweden();
        let start = world.now;
        let mut tried = Vec::new();
        while world.now - start < 10 * HOUR {
            world.login_server = Box::new(in_turn(script()));
            let before = world.logins();
            assert!(world.log_in().is_err());
            if world.logins() > before {
                tried.push(world.now - start);
            }
            world.wait(Duration::from_millis(500));
        }
        assert!(tried[2] < Duration::from_secs(5), "{tried:?}");
        for window in tried.windows(2) {
            let gap = window[1] - window[0];
            assert!(gap <= HOUR / 4 + Duration::from_secs(1), "{tried:?}");
        }
        for window in tried.windows(7) {
            assert!(window[6] - window[0] >= HOUR, "{tried:?}");
        }
    }
}

#[test]
fn an_hour_counts_across_logins_that_succeed() {
    let mut world = World::live();
    let mut tried = 0;
    for _ in 0..3600 {
        let epoch = match world.session.poll_login(None, world.now) {
            LoginTurn::Ready(logged_in) => logged_in.epoch,
            LoginTurn::Failed(_) => {
                world.wait(Duration::from_secs(1));
                continue;
            }
            LoginTurn::Drive(login) => {
                world.login_server = lets_in();
                world.drive_login(login).unwrap().epoch
            }
            LoginTurn::Busy => panic!("nobody else drives a login here"),
        };
        // The key is suspected; its check meets a page, and the next time not.
        if let LoginTurn::Drive(login) = world.session.poll_login(Some(epoch), world.now) {
            world.login_server = Box::new(always(page(403)));
            assert!(world.drive_login(login).is_err());
            tried += 1;
        }
        world.wait(Duration::from_secs(1));
    }
    assert!(tried <= 6, "{tried}");
}

#[test]
fn a_page_with_401_ends_the_session_only_if_it_comes_each_time() {
    let mut world = World::live();
    let run = world.run(ListAccounts::new(), in_turn([page(401), answer(204, "")]));
    assert!(run.result.is_ok());
    assert_eq!(world.logins(), 0);

    let run = world.run(ListAccounts::new(), always(page(401)));
    let error = run.result.unwrap_err();
    assert!(matches!(error, Error::Unavailable { status: 401, .. }));
    assert!(error.to_string().contains(NAMED), "{error}");
    assert_eq!(run.sent.len(), 4, "repeated as after a 503");
    let run = world.run(ListAccounts::new(), always(answer(204, "")));
    assert!(run.result.is_ok());
    assert_eq!(world.logins(), 1, "it may be the session");
}

#[test]
fn a_portal_that_answers_everything_causes_no_login_storm() {
    for status in [401, 403] {
        let mut world = World::live();
        world.login_server = Box::new(always(page(status)));
        for _ in 0..3600 {
            let run = world.run(ListAccounts::new(), always(page(status)));
            assert!(run.result.is_err());
            world.wait(Duration::from_secs(1));
        }
        assert!(world.logins() <= 6, "{}", world.logins());
    }
}

#[test]
fn a_page_is_repeated_as_a_503_and_named_by_reads() {
    for status in [400, 403, 404, 405] {
        let empty = answer(204, "");
        let run = World::live().run(ListAccounts::new(), in_turn([page(status), empty]));
        assert!(run.result.is_ok(), "{status}");
        let run = World::live().run(ListAccounts::new(), always(page(status)));
        let text = run.result.unwrap_err().to_string();
        assert!(text.contains(NAMED), "{text}");
        assert!(!text.contains("permission"), "{text}");
    }
}

#[test]
fn a_page_does_not_count_as_a_call_that_keeps_the_session_alive() {
    let mut world = World::live();
    let due = world.session.poll_timeout();
    world.wait(Duration::from_secs(60));
    let run = world.run(ListAccounts::new(), always(page(403)));
    assert!(run.result.is_err());
    assert_eq!(world.session.poll_timeout(), due);
}

#[test]
fn a_page_is_no_verdict_on_an_order() {
    for status in [400, 401, 403, 404, 405, 413] {
        let mut world = World::live();
        let run = world.run(place(), always(page(status)));
        let Ok(Outcome::Unknown(unresolved)) = run.result else {
            panic!("{status}: {:?}", run.result);
        };
        assert_eq!(run.sent.len(), 1);
        assert!(matches!(&unresolved.doubt, Doubt::Page(page) if page.status == status));
        assert!(unresolved.to_string().contains(NAMED), "{unresolved}");

        let run = world.run(cancel(), always(page(status)));
        assert!(matches!(run.result, Ok(Outcome::Unknown(_))), "{status}");
        assert_eq!(run.sent.len(), 2);
    }
}

#[test]
fn a_page_says_neither_that_nothing_was_found_nor_that_the_session_ended() {
    let run = World::live().run(SearchMain::new("eric"), always(page(404)));
    assert!(run.result.is_err());
    let run = World::live().run(Logout::new(), always(page(401)));
    assert!(run.result.is_err());
    let run = World::live().run(Logout::new(), always(page(200)));
    let text = run.result.unwrap_err().to_string();
    assert!(
        text.ends_with("text/html, which is not Nordnet's"),
        "{text}"
    );
}

#[test]
fn a_refusal_in_json_still_latches_after_pages() {
    let mut world = World::sweden();
    world.login_server = Box::new(always(page(503)));
    assert!(matches!(
        world.log_in(),
        Err(LoginError::Unavailable { status: 503, .. })
    ));
    world.wait(Duration::from_secs(60));
    world.login_server = Box::new(crate::driver::refuses());
    assert!(world.log_in().unwrap_err().is_refusal());
    world.wait(24 * HOUR);
    assert!(world.log_in().unwrap_err().is_refusal());
    assert_eq!(world.logins(), 3 + 1, "a 503 is repeated, a refusal is not");
}
