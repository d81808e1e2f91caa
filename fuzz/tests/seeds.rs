//! The seeds of every target, on stable.

#[test]
fn seeds_of_lines_pass() {
    assert!(nordnet_fuzz::replay_seeds("lines", nordnet_fuzz::lines).unwrap() > 0);
}

#[test]
fn seeds_of_messages_pass() {
    assert!(nordnet_fuzz::replay_seeds("messages", nordnet_fuzz::messages).unwrap() > 0);
}

#[test]
fn seeds_of_equality_pass() {
    assert!(nordnet_fuzz::replay_seeds("equality", nordnet_fuzz::equality).unwrap() > 0);
    // The same lines are where those of `messages` came from.
    assert!(nordnet_fuzz::replay_seeds("messages", nordnet_fuzz::equality).unwrap() > 0);
}

#[test]
fn tiers_agree_on_changed_lines() {
    let text = nordnet_fuzz::lines_of("equality", Vec::new()).unwrap();
    let code = nordnet_fuzz::mutations(&text, 20_000, 1);
    assert_eq!(code, std::process::ExitCode::SUCCESS);
}

#[test]
fn seeds_of_feed_life_pass() {
    assert!(nordnet_fuzz::replay_seeds("feed_life", nordnet_fuzz::feed_life).unwrap() > 0);
}

#[test]
fn seeds_of_commands_pass() {
    assert!(nordnet_fuzz::replay_seeds("commands", nordnet_fuzz::commands).unwrap() > 0);
}

#[test]
fn seeds_of_decimal_pass() {
    assert!(nordnet_fuzz::replay_seeds("decimal", nordnet_fuzz::decimal).unwrap() > 0);
}

#[test]
fn seeds_of_answers_pass() {
    assert!(nordnet_fuzz::replay_seeds("answers", nordnet_fuzz::answers).unwrap() > 0);
}

#[test]
fn seeds_of_http1_pass() {
    assert!(nordnet_fuzz::replay_seeds("http1", nordnet_fuzz::http1).unwrap() > 0);
}
