//! Sessions that end: again and again, or while a login runs.

use std::time::Duration;

use nordnet_proto::api::ListAccounts;
use nordnet_proto::{ChallengeError, Error, LoginError, LoginTurn};

use crate::driver::{World, always, answer, logged_in};

/// As another program does that logs in with the same key, time and again.
#[test]
fn sessions_that_are_lost_time_and_again_do_not_make_a_storm_of_logins() {
    let mut world = World::sweden();
    let mut refused = Vec::new();
    for _ in 0..300 {
        let run = world.run(ListAccounts::new(), always(answer(401, "")));
        if let Err(Error::Login(error)) = run.result {
            refused.push(error);
        }
        world.wait(Duration::from_millis(200));
    }
    assert!(refused.contains(&LoginError::ShortLived));
    assert!(world.logins() < 20, "{} logins in a minute", world.logins());
}

#[test]
fn a_login_that_ends_after_the_session_was_closed_changes_nothing() {
    for result in [
        Ok(logged_in("late")),
        Err(LoginError::OutOfTime),
        Err(LoginError::Challenge(ChallengeError::TooOld)),
    ] {
        let mut world = World::sweden();
        let LoginTurn::Drive(login) = world.session.poll_login(None, world.now) else {
            panic!("the first to ask logs in");
        };
        assert!(world.session.close(world.now).is_none());
        let late = world.session.handle_login(result.clone(), world.now);
        drop(login);
        assert_eq!(
            late.is_some(),
            result.is_ok(),
            "what came too late is logged out"
        );
        if let Some(mut logout) = late {
            let run = world.drive(&mut logout, always(answer(200, "{}")));
            assert!(run.sent[0].authorization.is_some());
        }
        world.session.forgive();
        world.wait(Duration::from_secs(600));
        let turn = world.session.poll_login(None, world.now);
        assert!(
            matches!(turn, LoginTurn::Failed(LoginError::LoggedOut)),
            "{turn:?}"
        );
    }
}
