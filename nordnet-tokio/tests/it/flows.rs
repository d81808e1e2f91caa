//! Reads of several calls, run by a client.

use std::collections::BTreeSet;

use nordnet_tokio::FindListings;
use nordnet_tokio::api::SearchStocks;
use nordnet_tokio::flow::{ListingKey, Pages};

use crate::support::{builder, server};

#[tokio::test]
async fn pages_return_every_row_once() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let search = SearchStocks::new().limit(7);
    let found = nordnet.run(Pages::of(search)).await.unwrap();
    let total = usize::try_from(found.total_hits.unwrap()).unwrap();
    assert!(total > 14, "{total} need no pages");
    let rows: BTreeSet<_> = found.results.iter().map(|row| format!("{row:?}")).collect();
    assert_eq!((found.results.len(), rows.len()), (total, total));
    let calls = server.control().audit();
    let pages = calls
        .iter()
        .filter(|call| call.operation == Some("search_stocks"));
    assert!(pages.count() > 2);
}

#[tokio::test]
async fn finds_listings_by_every_key_and_then_in_the_cache() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let keys = ["11:101", "XSTO:ERIC B", "SE0000115446", "11:nothing"]
        .map(|key| key.parse::<ListingKey>().unwrap());
    let found = nordnet
        .run(FindListings::of_all(keys.clone()))
        .await
        .unwrap();
    let [Ok(by_number), Ok(by_name), Ok(by_isin), Err(nothing)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(by_number.tradable, by_name.tradable);
    assert_ne!(by_number.tradable, by_isin.tradable);
    assert!(nothing.to_string().contains("11:nothing"), "{nothing}");

    let calls = server.control().counters().requests;
    let again = FindListings::of_all(keys[..3].to_vec());
    assert!(nordnet.run(again).await.unwrap().iter().all(Result::is_ok));
    assert_eq!(server.control().counters().requests, calls);
}
