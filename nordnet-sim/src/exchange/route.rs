//! From method and path to operation.

use super::request::percent_decode;

/// Declares the operations with their method, path and name in the reference.
macro_rules! operations {
    ($($operation:ident, $name:literal, $method:literal, $path:literal;)*) => {
        /// An operation that the exchange serves.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Operation {
            $($operation,)*
        }

        impl Operation {
            const ALL: &'static [(Self, &'static str, &'static str, &'static str)] = &[
                $((Self::$operation, $name, $method, $path),)*
            ];
        }
    };
}

operations! {
    Status, "get_system_status", "GET", "";
    StartLogin, "start_login", "POST", "login/start";
    VerifyLogin, "verify_login", "POST", "login/verify";
    TouchSession, "touch_session", "PUT", "login";
    Logout, "logout", "DELETE", "login";
    ListAccounts, "list_accounts", "GET", "accounts";
    GetAccount, "get_account", "GET", "accounts/*";
    AccountInfo, "get_account_info", "GET", "accounts/*/info";
    ListLedgers, "list_ledgers", "GET", "accounts/*/ledgers";
    ListPositions, "list_positions", "GET", "accounts/*/positions";
    ReturnsToday, "get_returns_today", "GET", "accounts/*/returns/transactions/today";
    ListTrades, "list_trades", "GET", "accounts/*/trades";
    ListOrders, "list_orders", "GET", "accounts/*/orders";
    PlaceOrder, "place_order", "POST", "accounts/*/orders";
    ModifyOrder, "modify_order", "PUT", "accounts/*/orders/*";
    CancelOrder, "cancel_order", "DELETE", "accounts/*/orders/*";
    ActivateOrders, "activate_orders", "PUT", "accounts/*/orders/*/activate";
    // The first that fits is meant, so fixed words come before numbers.
    ListInstrumentTypes, "list_instrument_types", "GET", "instruments/types";
    GetInstrumentTypes, "get_instrument_types", "GET", "instruments/types/*";
    LookupInstruments, "lookup_instruments", "GET", "instruments/lookup/*/*";
    ListUnderlyings, "list_underlyings", "GET", "instruments/underlyings/*/*";
    InstrumentSuitability, "check_instrument_suitability", "GET", "instruments/validation/suitability/*";
    GetInstruments, "get_instruments", "GET", "instruments/*";
    ListLeverages, "list_leverages", "GET", "instruments/*/leverages";
    LeverageFilters, "get_leverage_filters", "GET", "instruments/*/leverages/filters";
    InstrumentTrades, "list_instrument_trades", "GET", "instruments/*/trades";
    SearchAttributes, "search_attributes", "GET", "instrument_search/attributes";
    SearchStocks, "search_stocks", "GET", "instrument_search/query/stocklist";
    SearchBullBear, "search_bull_bear", "GET", "instrument_search/query/bullbearlist";
    SearchMiniFutures, "search_mini_futures", "GET", "instrument_search/query/minifuturelist";
    SearchUnlimitedTurbos, "search_unlimited_turbos", "GET", "instrument_search/query/unlimitedturbolist";
    SearchOptionPairs, "search_option_pairs", "GET", "instrument_search/query/optionlist/pairs";
    SearchMain, "search_main", "GET", "main_search";
    TradableInfo, "get_tradable_info", "GET", "tradables/info/*";
    TradableTrades, "list_tradable_trades", "GET", "tradables/trades/*";
    TradableSuitability, "check_tradable_suitability", "GET", "tradables/validation/suitability/*";
    ListMarkets, "list_markets", "GET", "markets";
    GetMarkets, "get_markets", "GET", "markets/*";
    ListTickSizes, "list_tick_sizes", "GET", "tick_sizes";
    GetTickSizes, "get_tick_sizes", "GET", "tick_sizes/*";
    ListCountries, "list_countries", "GET", "countries";
    GetCountries, "get_countries", "GET", "countries/*";
    SearchNews, "search_news", "GET", "news";
    GetNewsArticles, "get_news_articles", "GET", "news/*";
    ListNewsSources, "list_news_sources", "GET", "news_sources";
}

impl Operation {
    /// Finds the operation, with the decoded path segments that vary.
    pub(crate) fn find(method: &str, path: &str) -> Option<(Self, Vec<String>)> {
        let path = path.strip_prefix("/api/2")?;
        let segments: Vec<&str> = match path {
            "" | "/" => vec![""],
            path => path.strip_prefix('/')?.split('/').collect(),
        };
        Self::ALL
            .iter()
            .filter(|(_, _, verb, _)| *verb == method)
            .find_map(|(operation, _, _, pattern)| Some((*operation, capture(pattern, &segments)?)))
    }

    pub(crate) fn name(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(operation, ..)| *operation == self);
        entry.map_or("", |(_, name, ..)| name)
    }

    /// Returns the operation of this name in the reference.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let entry = Self::ALL.iter().find(|(_, known, ..)| *known == name);
        entry.map(|(operation, ..)| *operation)
    }

    pub(crate) fn needs_session(self) -> bool {
        !matches!(self, Self::Status | Self::StartLogin | Self::VerifyLogin)
    }

    /// Says whether the body is worth keeping in the audit: never that of a login.
    pub(crate) fn is_order(self) -> bool {
        matches!(
            self,
            Self::PlaceOrder | Self::ModifyOrder | Self::CancelOrder | Self::ActivateOrders
        )
    }
}

fn capture(pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
    let parts: Vec<&str> = pattern.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut captured = Vec::new();
    for (part, segment) in parts.iter().zip(segments) {
        match *part {
            "*" if !segment.is_empty() => captured.push(percent_decode(segment, false)?),
            part if part == *segment => {}
            _ => return None,
        }
    }
    Some(captured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_operations_and_decodes_their_segments() {
        for (method, path, operation, captured) in [
            ("GET", "/api/2", Operation::Status, &[] as &[&str]),
            ("GET", "/api/2/", Operation::Status, &[]),
            ("PUT", "/api/2/login", Operation::TouchSession, &[]),
            (
                "PUT",
                "/api/2/accounts/1/orders/7/activate",
                Operation::ActivateOrders,
                &["1", "7"],
            ),
            (
                "GET",
                "/api/2/tradables/info/11%3A101%2C11:366",
                Operation::TradableInfo,
                &["11:101,11:366"],
            ),
        ] {
            let found = Operation::find(method, path).unwrap();
            assert_eq!(found.0, operation, "{path}");
            assert_eq!(found.1, captured);
        }
    }

    #[test]
    fn finds_nothing_else() {
        for (method, path) in [
            ("GET", "/"),
            ("GET", "/api/1"),
            ("GET", "/api/22"),
            ("POST", "/api/2/login"),
            ("GET", "/api/2/accounts/"),
            ("GET", "/api/2/accounts//info"),
            ("GET", "/api/2/markets/%zz"),
        ] {
            assert_eq!(Operation::find(method, path), None, "{path}");
        }
    }

    #[test]
    fn names_are_those_of_the_reference() {
        for (operation, name, ..) in Operation::ALL {
            assert_eq!(Operation::named(name), Some(*operation));
            assert_eq!(operation.name(), *name);
        }
    }
}
