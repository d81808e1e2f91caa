//! Statuses that stand for a lost answer.

use nordnet_proto::LoginError;
use nordnet_proto::api::ListAccounts;

use crate::driver::{CHALLENGE, Reply, World, always, answer, in_turn};
use crate::login::{challenge, session};
use crate::order_calls::{OK, cancel, class, row};

/// A proxy says 408 when it has waited too long, and 425 when it wants the request
/// again: to a read and a cancellation it is as if the answer was lost.
#[test]
fn a_status_that_is_no_answer_is_a_lost_one() {
    for status in [408, 425] {
        let expected = [(1, "unknown"), (1, "unknown"), (3, "unknown"), (4, "lost")];
        for body in ["", "<html>", OK, r#"{"code":"X"}"#] {
            row(&status.to_string(), &answer(status, body), expected);
        }
        let then = |reply| World::live().run(cancel(), in_turn([answer(status, ""), reply]));
        assert_eq!(class(&then(answer(200, OK)).result), "accepted");
        // The first attempt may have acted.
        let refused = then(answer(400, ""));
        assert_eq!(class(&refused.result), "unknown", "{:?}", refused.result);

        let read = |replies: [Reply; 2]| World::live().run(ListAccounts::new(), in_turn(replies));
        let run = read([answer(status, ""), answer(200, "[]")]);
        assert_eq!((run.result.unwrap().len(), run.sent.len()), (0, 2));
        let run = World::live().run(ListAccounts::new(), always(answer(status, "")));
        let text = run.result.unwrap_err().to_string();
        let expected = format!("the answer was lost: no answer in time: HTTP {status}");
        assert_eq!(text, expected);
    }
}

#[test]
fn a_login_that_is_not_answered_is_tried_again_and_latches_nothing() {
    for status in [408, 425] {
        let mut world = World::sweden();
        let server = in_turn([answer(status, ""), challenge(CHALLENGE), session()]);
        world.login_server = Box::new(server);
        assert!(world.log_in().is_ok(), "{status}");

        let mut world = World::sweden();
        world.login_server = Box::new(always(answer(status, "<html>")));
        let error = world.log_in().unwrap_err();
        assert!(matches!(error, LoginError::Unreachable(_)), "{error}");
    }
}
