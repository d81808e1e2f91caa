//! Pages are turned until there are no more.

use nordnet_proto::api::{SearchBullBear, SearchMain, SearchStocks};
use nordnet_proto::flow::Pages;
use nordnet_proto::{Error, List};

use super::World;

/// A number of the query, or what it is if it is left out.
fn number(asked: &str, name: &str, default: usize) -> usize {
    let (_, query) = asked.split_once('?').unwrap_or((asked, ""));
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| *key == name);
    found.map_or(default, |(_, value)| value.parse().unwrap())
}

/// A server with so many rows, each told so often, that tells at most some.
fn list(rows: usize, often: usize, most: usize, total: bool) -> impl Fn(&str) -> (u16, String) {
    move |asked| {
        let limit = number(asked, "limit", 50).min(most);
        let from = number(asked, "offset", 0).min(rows);
        let until = (from + limit).min(rows);
        let results: Vec<_> = (from..until)
            .flat_map(|row| std::iter::repeat_n(row, often))
            .map(|row| format!(r#"{{"instrument_info":{{"instrument_id":{row}}}}}"#))
            .collect();
        let total = if total {
            format!(r#","total_hits":{}"#, rows * often)
        } else {
            String::new()
        };
        let rows = results.len();
        let body = format!(
            r#"{{"results":[{}],"rows":{rows}{total}}}"#,
            results.join(",")
        );
        (200, body)
    }
}

fn ids(stocks: &List<nordnet_proto::api::Stock>) -> Vec<i64> {
    let infos = stocks.iter().filter_map(|row| row.instrument_info.as_ref());
    infos
        .map(|info| info.instrument_id.unwrap().get())
        .collect()
}

#[test]
fn all_rows_come_once_however_the_server_counts() {
    for (rows, often, most, total) in [
        (0, 1, 99, true),
        (1, 1, 99, true),
        (10, 1, 99, true),
        (10, 1, 99, false),
        (25, 1, 99, true),
        (25, 1, 4, true),
        (25, 1, 4, false),
        (25, 2, 99, true),
        (25, 2, 99, false),
    ] {
        let mut world = World::new();
        let flow = Pages::of(SearchStocks::new().limit(10));
        let found = world.run(flow, list(rows, often, most, total)).unwrap();
        let expected: Vec<_> = (0..rows)
            .flat_map(|row| std::iter::repeat_n(i64::try_from(row).unwrap(), often))
            .collect();
        assert_eq!(
            ids(&found.results),
            expected,
            "{rows} {often} {most} {total}"
        );
        assert_eq!(found.rows, Some(i64::try_from(expected.len()).unwrap()));
    }
}

#[test]
fn a_flow_asks_for_no_more_pages_than_it_needs() {
    let mut world = World::new();
    let flow = Pages::of(SearchStocks::new().limit(10).text("x"));
    world.run(flow, list(25, 1, 99, true)).unwrap();
    let query = "instrument_search/query/stocklist?free_text_search=x&limit=10";
    assert_eq!(
        world.asked,
        [
            query.to_owned(),
            format!("{query}&offset=10"),
            format!("{query}&offset=20")
        ]
    );
    let flow = Pages::of(SearchStocks::new().limit(10).offset(5)).at_most(12);
    let found = world.run(flow, list(1000, 1, 99, true)).unwrap();
    assert_eq!((found.results.len(), world.asked.len()), (20, 2));
    assert_eq!(ids(&found.results)[0], 5);
}

#[test]
fn rows_that_cannot_be_read_count_and_are_told() {
    let mut world = World::new();
    let pages = ["[{},7,{}]", "[{},{},null]", "[]"];
    let mut turned = pages.iter();
    let found = world
        .run(Pages::of(SearchBullBear::new().limit(3)), |_| {
            (200, format!(r#"{{"results":{}}}"#, turned.next().unwrap()))
        })
        .unwrap();
    let skipped: Vec<_> = found
        .results
        .skipped()
        .iter()
        .map(|one| one.index())
        .collect();
    assert_eq!((found.results.len(), skipped), (4, vec![1, 5]));
}

#[test]
fn no_hits_and_a_failure_end_the_flow() {
    let mut world = World::new();
    let none = world.run(Pages::of(SearchBullBear::new()), |_| (204, String::new()));
    assert!(none.unwrap().results.is_empty());
    let none = world.run(Pages::of(SearchMain::new("x")), |_| (404, String::new()));
    assert!(none.unwrap().is_empty());
    let failed = world.run(Pages::of(SearchStocks::new()), |_| (400, String::new()));
    assert!(matches!(failed, Err(Error::Refused(_))));
    assert_eq!(world.asked.len(), 1);
}

#[test]
fn groups_of_hits_are_turned_together() {
    let server = |asked: &str| {
        let from = number(asked, "offset", 0);
        let groups: Vec<_> = [("NEWS", 7), ("EQUITY", 3)]
            .into_iter()
            .filter(|(_, total)| from < *total)
            .map(|(kind, total)| {
                let rows: Vec<_> = (from..total.min(from + 2))
                    .map(|row| format!(r#"{{"display_name":"{kind} {row}"}}"#))
                    .collect();
                format!(
                    r#"{{"display_group_type":"{kind}","display_group_description":"","results":[{}],"total":{total}}}"#,
                    rows.join(",")
                )
            })
            .collect();
        (200, format!("[{}]", groups.join(",")))
    };
    let mut world = World::new();
    let found = world
        .run(Pages::of(SearchMain::new("eric").limit(2)), server)
        .unwrap();
    let counts: Vec<_> = found
        .iter()
        .map(|group| (&*group.display_group_type, group.results.len()))
        .collect();
    assert_eq!(counts, [("NEWS", 7), ("EQUITY", 3)]);
    assert_eq!(world.asked.len(), 4);
}
