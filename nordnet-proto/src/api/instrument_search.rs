//! Searches in lists of instruments, with filters and an order.

mod attributes;
mod blocks;
mod company;
mod list_search;
mod options;
mod page;
mod prices;
mod rows;

pub use attributes::{
    Attribute, AttributeGroup, Attributes, EntityType, FilterDetails, FilterValue, SearchAttributes,
};
pub use blocks::{
    CertificateInfo, DerivativeInfo, EtpInfo, ExchangeInfo, InstrumentInfo, KoCalcInfo, KoInfo,
    MarketInfo, OptionInfo, PriceKoInfo, StatusInfo,
};
pub use company::{CompanyInfo, KeyRatiosInfo, ReportType, StatisticalInfo};
pub use list_search::{
    BullBears, ListSearch, MiniFutures, SearchBullBear, SearchMiniFutures, SearchStocks,
    SearchUnlimitedTurbos, Searched, SortOrder, StockGroup, Stocks, UnlimitedTurbos,
};
pub use options::SearchOptionPairs;
pub use page::Page;
pub use prices::{DiffWithDecimals, HistoricalReturnsInfo, PriceInfo, PriceWithDecimals};
pub use rows::{BullBear, KnockOut, OptionPair, OptionRow, Stock};
