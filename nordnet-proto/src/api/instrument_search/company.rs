//! The blocks of facts about the company behind a stock.

use crate::api::EpochTime;
use crate::api::sparse::sparse;
use crate::decimal::Decimal;
use crate::id::Currency;
use crate::lenient_int;
use crate::open_enum::open_enum;

sparse! {
    /// What comes next in the year of a company; schema `CompanyInfo`.
    CompanyInfo {
        /// The next dividend of a share.
        dividend_amount: Decimal,
        /// How often there is a bonus dividend; codes are not documented.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        dividend_bonus_frequency: i64,
        /// The currency of the next dividend.
        dividend_currency: Currency,
        /// When the next dividend is paid.
        dividend_date: EpochTime,
        /// How often there is a dividend; codes are not documented.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        dividend_frequency: i64,
        /// The first day without the right to the dividend.
        excluding_date: EpochTime,
        /// The day of the next annual meeting.
        general_meeting_date: EpochTime,
        /// The day of the next report.
        report_date: EpochTime,
        /// Which report is next, in the language of the request.
        report_description: String,
        /// Which report is next.
        report_type: ReportType,
    }
}

sparse! {
    /// Ratios of valuation; schema `KeyRatiosInfo`.
    KeyRatiosInfo {
        /// The dividend of a share.
        dividend_per_share: Decimal,
        /// The dividend relative to the price, presumably in percent.
        dividend_yield: Decimal,
        /// The profit of a share.
        eps: Decimal,
        /// The price over the book value.
        pb: Decimal,
        /// The price over the profit.
        pe: Decimal,
        /// The price over the sales.
        ps: Decimal,
    }
}

sparse! {
    /// How it is held at Nordnet; schema `StatisticalInfo`.
    StatisticalInfo {
        /// Customers of Nordnet who hold it.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        number_of_owners: i64,
        /// When they were counted.
        statistics_timestamp: EpochTime,
    }
}

open_enum! {
    /// Which report comes next.
    ReportType {
        /// The annual report.
        Annual = "ANNUAL_REPORT",
        /// The figures of the first quarter.
        FirstQuarter = "FIRST_QUARTER_EARNINGS_RESULTS",
    }
}
