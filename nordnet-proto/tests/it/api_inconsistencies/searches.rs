//! Contradictions about searches and news.

use nordnet_proto::api::*;
use nordnet_proto::flow::Pages;
use nordnet_proto::{Decimal, InstrumentId, MarketId, NewsId};

use super::{Met, read, sent};

const WIDE: i64 = 5_000_000_000;

pub(super) const MET: &[Met] = &[
    (
        "INC-59",
        "market-view",
        "Two directions can be sent, any is read.",
        || {
            let info: EtpInfo = read(r#"{"market_view":"SIDEWAYS"}"#);
            assert_eq!(info.market_view, Some(MarketView::from("SIDEWAYS")));
            assert_eq!(Direction::ALL.len(), 2);
        },
    ),
    (
        "INC-60",
        "trade-id",
        "An own execution has a key without the market's id.",
        || {
            let fill: Fill = read(
                r#"{"order_id":1,"accno":2,"side":"BUY","tradable":{"market_id":11,"identifier":"1"},"volume":3,"tradetime":4,"price":{"value":5,"currency":"SEK"}}"#,
            );
            assert_eq!(fill.key().to_string(), "1 4 5 3 0");
        },
    ),
    (
        "INC-61",
        "schema-names",
        "A row is called by what it is.",
        || {
            let page: Page<OptionPair> = read(
                r#"{"results":[{"strike_price":1,"call_option":{},"put_option":{}}],"rows":1,"total_hits":1}"#,
            );
            assert_eq!(page.results[0].call_option, OptionRow::default());
            assert_eq!(read::<Stock>("{}"), Stock::default());
        },
    ),
    (
        "INC-62",
        "attribute-group-name",
        "Each call has its own spelling.",
        || {
            let attributes = SearchAttributes::new().groups([AttributeGroup::Price]);
            assert!(sent(attributes).contains("?attribute_group=PRICE_INFO "));
            let stocks = SearchStocks::new().groups([StockGroup::Price]);
            assert!(sent(stocks).contains("?attribute_groups=PRICE_INFO "));
        },
    ),
    (
        "INC-63",
        "attribute-group-values",
        "They are two types.",
        || {
            assert_eq!((AttributeGroup::ALL.len(), StockGroup::ALL.len()), (17, 9));
            assert_eq!(StockGroup::Document.as_str(), "DOCUMENT_INFO");
        },
    ),
    (
        "INC-64",
        "group-vs-block",
        "Members of rows have names of their own.",
        || {
            let stock: Stock = read(r#"{"historical_returns_info":{"yield_1y":1}}"#);
            assert!(stock.historical_returns_info.is_some());
            assert_eq!(
                StockGroup::HistoricalReturn.as_str(),
                "HISTORICAL_RETURN_INFO"
            );
        },
    ),
    (
        "INC-65",
        "apply-filters-name",
        "The parameter is in the plural.",
        || {
            let call = SearchBullBear::new().filter("nordnet_markets=true");
            assert!(sent(call).ends_with("?apply_filters=nordnet_markets%3Dtrue "));
        },
    ),
    (
        "INC-66",
        "instrument-group",
        "Groups that are asked for and codes that are read are two types.",
        || {
            let group: HitGroup =
                read(r#"{"display_group_type":"X","display_group_description":"","results":[]}"#);
            assert_eq!(group.display_group_type, "X");
            assert_eq!(InstrumentGroup::ALL.len(), 9);
        },
    ),
    (
        "INC-67",
        "sort-defaults",
        "Lists without an order of their own are sorted by name.",
        || {
            assert!(
                sent(SearchMiniFutures::new()).ends_with("?sort_attribute=name&sort_order=asc ")
            );
            assert!(sent(SearchStocks::new()).ends_with("/stocklist "));
            let sorted = SearchUnlimitedTurbos::new().sort("pe", SortOrder::Descending);
            assert!(sent(sorted).ends_with("?sort_attribute=pe&sort_order=desc "));
        },
    ),
    (
        "INC-68",
        "entity-types",
        "Attributes are there of lists that cannot be searched.",
        || {
            assert_eq!(EntityType::ALL.len(), 11);
            assert!(sent(SearchAttributes::new().entity(EntityType::Assets)).contains("=ASSET "));
        },
    ),
    (
        "INC-69",
        "result-required",
        "A page without rows is empty.",
        || {
            let page: Page<KnockOut> = read(r#"{"results":null}"#);
            assert!(page.results.is_empty() && page.total_hits.is_none());
            assert_eq!(Page::<KnockOut>::default().total_hits, Some(0));
        },
    ),
    (
        "INC-70",
        "limit-meaning",
        "Pages count rows, not limits; the count of trades has a type.",
        || {
            let _ = Pages::of(SearchStocks::new().limit(1)).at_most(10);
            let trades = |count| ListInstrumentTrades::of(InstrumentId::new(1)).count(count);
            assert!(sent(trades(TradeCount::All)).ends_with("?count=all "));
            assert!(sent(trades(TradeCount::Latest(20))).ends_with("?count=20 "));
            assert!(sent(trades(TradeCount::default())).ends_with("/trades "));
        },
    ),
    (
        "INC-71",
        "main-search-yield",
        "The member is kept as a text, and its doc warns.",
        || {
            let hit: Hit = read(r#"{"display_name":"","yield_1y":"12,5 %"}"#);
            assert_eq!(hit.yield_1y.unwrap().as_str(), "12,5 %");
        },
    ),
    (
        "INC-72",
        "numbers-as-strings",
        "Texts are kept, and read with a comma or a point.",
        || {
            let hit: Hit = read(
                r#"{"display_name":"","diff_pct_one_day":"-0,42","diff_pct_one_year":1.50,"rating":"n/a"}"#,
            );
            let number = |text: Option<NumberText>| text.unwrap().decimal();
            assert_eq!(number(hit.diff_pct_one_day), "-0.42".parse().ok());
            assert_eq!(number(hit.diff_pct_one_year), "1.5".parse().ok());
            assert_eq!(number(hit.rating), None);
        },
    ),
    (
        "INC-73",
        "returns-unit",
        "The docs say percent, presumably.",
        || {
            let returns: HistoricalReturnsInfo = read(r#"{"yield_ytd":-3.25}"#);
            assert_eq!(returns.yield_ytd, Some(Decimal::new(-325, 2)));
        },
    ),
    (
        "INC-74",
        "news-id",
        "A number leads from a hit to the news, the UUID is a text.",
        || {
            let hit: Hit =
                read(r#"{"display_name":"","news_id":"0b5e-uuid","external_news_id":88120045}"#);
            assert_eq!(hit.external_news_id, Some(NewsId::new(88_120_045)));
            assert_eq!(
                sent(GetNews::of_all(hit.external_news_id)),
                "/news/88120045 "
            );
        },
    ),
    (
        "INC-75",
        "news-type",
        "The class is a code, the constant a text.",
        || {
            let article: NewsArticle = read(&news(""));
            assert_eq!(
                (article.news_type, &*article.r#type),
                (NewsKind::PressRelease, "NEWS")
            );
        },
    ),
    (
        "INC-76",
        "body-format",
        "The parameter is never sent; the reply tells the format.",
        || {
            assert_eq!(sent(GetNews::of(NewsId::new(1))), "/news/1 ");
            assert!(read::<NewsArticle>(&news("")).markdown_format);
        },
    ),
    (
        "INC-77",
        "integer-lists",
        "Ids in lists are 64 bits wide.",
        || {
            let article: NewsArticle = read(&news(&format!(
                r#","instruments":[{WIDE}],"markets":[{WIDE}]"#
            )));
            assert_eq!(&*article.instruments.unwrap(), [InstrumentId::new(WIDE)]);
            assert_eq!(&*article.markets.unwrap(), [MarketId::new(WIDE)]);
        },
    ),
];

fn news(more: &str) -> String {
    format!(
        r#"{{"news_id":1,"version":1,"timestamp":1,"source_id":2,"lang":"sv","news_type":"PRESS_RELEASE","type":"NEWS","headline":"","markdown_format":true{more}}}"#
    )
}
