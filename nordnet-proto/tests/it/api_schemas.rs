//! Each type of a reply against its schema, member by member.

use std::collections::{BTreeMap, BTreeSet};

use nordnet_proto::api::*;
use nordnet_proto::{Server, TradableId};
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use crate::api::spec;

/// Schemas without a public type of the same members: what they hold is in an
/// error, in a request, or in the response of a login call.
const WITHIN: [&str; 6] = [
    "ApiKeyLoginResponse",
    "ApiKeyStartLoginRequest",
    "ApiKeyVerifyLoginRequest",
    "ChallengeResponse",
    "ErrorResponse",
    "LoggedInStatus",
];

/// What a type reads: it tells its decoder the names of its members.
fn members<T: DeserializeOwned>() -> BTreeSet<&'static str> {
    struct Ask<'a>(&'a mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Ask<'_> {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            Err(Error::custom("no value"))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            members: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, Error> {
            *self.0 = members;
            Err(Error::custom("no value"))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut members: &[&str] = &[];
    assert!(T::deserialize(Ask(&mut members)).is_err());
    assert!(!members.is_empty());
    members.iter().copied().collect()
}

macro_rules! types {
    ($( $schema:literal => $type:ty, )+) => {
        BTreeMap::from([$( ($schema, members::<$type>()) ),+])
    };
}

fn types() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    types! {
        "Account" => Account,
        "AccountInfo" => AccountInfo,
        "AccountTransactionsToday" => TransactionsToday,
        "ActivationCondition" => ActivationCondition,
        "Amount" => Amount,
        "AttributeResult" => Attribute,
        "AttributeResults" => Attributes,
        "BullBearEntity" => BullBear,
        "BullBearListResults" => Page<BullBear>,
        "CalendarDay" => CalendarDay,
        "CertificateInfo" => CertificateInfo,
        "CompanyInfo" => CompanyInfo,
        "Country" => CountryEntry,
        "DerivativeInfo" => DerivativeInfo,
        "DiffWithDecimals" => DiffWithDecimals,
        "EtpInfo" => EtpInfo,
        "ExchangeInfo" => ExchangeInfo,
        "Feed" => Server,
        "FilterDetails" => FilterDetails,
        "FilterVal" => FilterValue,
        "HistoricalReturnsInfo" => HistoricalReturnsInfo,
        "Instrument" => Instrument,
        "InstrumentEligibility" => InstrumentEligibility,
        "InstrumentInfo" => InstrumentInfo,
        "InstrumentPublicTrades" => InstrumentTrades,
        "InstrumentType" => InstrumentType,
        "Issuer" => Issuer,
        "KeyInformationDocuments" => KeyInformationDocuments,
        "KeyRatiosInfo" => KeyRatiosInfo,
        "KoCalcInfo" => KoCalcInfo,
        "KoInfo" => KoInfo,
        "Ledger" => Ledger,
        "LedgerInformation" => Ledgers,
        "LeverageFilter" => LeverageFilter,
        "MainSearchResponse" => HitGroup,
        "MainSearchResponseRow" => Hit,
        "Market" => MarketEntry,
        "MarketInfo" => MarketInfo,
        "MinifutureEntity" => KnockOut,
        "MinifutureListResults" => Page<KnockOut>,
        "NewsArticle" => NewsArticle,
        "NewsSource" => NewsSource,
        "OptionInfo" => OptionInfo,
        "OptionListResults" => Page<OptionPair>,
        "OptionlistEntity" => OptionRow,
        "OptionlistPair" => OptionPair,
        "Order" => Order,
        "OrderReply" => OrderReply,
        "OrderType" => NamedOrderType,
        "Position" => Position,
        "PriceInfo" => PriceInfo,
        "PriceKoInfo" => PriceKoInfo,
        "PriceWithDecimals" => PriceWithDecimals,
        "PublicTrade" => MarketTrade,
        "Reserved" => Reserved,
        "StatisticalInfo" => StatisticalInfo,
        "Status" => Status,
        "StatusInfo" => StatusInfo,
        "Stocklist" => Stock,
        "StocklistResults" => Page<Stock>,
        "TicksizeInterval" => TickSizeInterval,
        "TicksizeTable" => TickSizeTable,
        "Tradable" => Tradable,
        "TradableEligibility" => TradableEligibility,
        "TradableId" => TradableId,
        "TradableInfo" => TradableInfo,
        "TradablePublicTrades" => TradableTrades,
        "Trade" => Fill,
        "UnderlyingInfo" => Underlying,
        "UnlimitedTurboEntity" => KnockOut,
        "UnlimitedTurboListResults" => Page<KnockOut>,
        "Validity" => Validity,
    }
}

#[test]
fn every_schema_has_a_type_with_its_members_and_no_others() {
    let mut types = types();
    for (name, schema) in spec::schemas() {
        if WITHIN.contains(&name.as_str()) {
            continue;
        }
        let found = types.remove(name.as_str());
        let mut found = found.unwrap_or_else(|| panic!("{name} has no type"));
        // All pages have one type, of which some schemas lack a member.
        let of_page = "underlying_instrument_id";
        if matches!(name.as_str(), "StocklistResults" | "OptionListResults") {
            assert!(found.remove(of_page));
        }
        let mut documented: BTreeSet<_> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        // A misspelt twin, kept for old clients.
        documented.remove("instrumment_id");
        assert_eq!(found, documented, "{name}");
    }
    assert_eq!(types, BTreeMap::new());
    assert_eq!(spec::schemas().len(), 78);
}
