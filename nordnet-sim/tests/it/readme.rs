//! The README tells of everything that there is.

use nordnet_sim::{Dialect, Faults};

const README: &str = include_str!("../../README.md");

fn assert_rows(rows: impl Iterator<Item = String>) {
    let missing: Vec<_> = rows
        .filter(|row| !README.lines().any(|line| line == row))
        .collect();
    assert!(missing.is_empty(), "not there:\n{}", missing.join("\n"));
}

#[test]
fn lists_every_switch_with_its_answers() {
    assert_rows(Dialect::KNOWN.iter().map(|switch| {
        let answers: Vec<_> = switch
            .values
            .iter()
            .map(|(value, about)| format!("`{value}`: {about}"))
            .collect();
        format!(
            "| `{}` | {} | {} |",
            switch.name,
            switch.about,
            answers.join(" ")
        )
    }));
}

#[test]
fn lists_every_fault() {
    let known = Faults::REQUESTS.iter().chain(Faults::FEEDS);
    assert_rows(known.map(|(name, about)| format!("| `{name}=P` | {about} |")));
}
