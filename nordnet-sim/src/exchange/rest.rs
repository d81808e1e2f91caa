//! The ordinary response to a request: authorisation, dispatch, and the form of
//! errors.

use crate::dialect::{BadIds, DeadTouch, EmptyLists, ErrorCodes};
use crate::json::{Json, object};

use super::Exchange;
use super::answer::Answer;
use super::catalog::tradable_key;
use super::login::basic_key;
use super::request::{Request, Response};
use super::route::Operation;
use super::texts::{Text, text, wants_english};
use super::verdict::Verdict;

/// A request that was understood so far.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) english: bool,
    codes: ErrorCodes,
    /// Session key and epoch.
    session: Option<(String, u64)>,
    segments: Vec<String>,
}

impl Call<'_> {
    /// Returns the `index`th path segment that varies.
    pub(crate) fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map_or("", String::as_str)
    }

    pub(crate) fn session_key(&self) -> Option<&str> {
        self.session.as_ref().map(|(key, _)| key.as_str())
    }

    /// Returns which login of this exchange the call belongs to.
    pub(crate) fn epoch(&self) -> u64 {
        self.session.as_ref().map_or(0, |(_, epoch)| *epoch)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &'static str, default: bool) -> Result<bool, Refusal> {
        match self.query(name) {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(Refusal::parameter(name)),
        }
    }

    /// Returns a whole number that is not negative.
    pub(crate) fn count(&self, name: &'static str, default: i32) -> Result<usize, Refusal> {
        let count = match self.query(name) {
            None => default,
            Some(text) => text.parse().map_err(|_| Refusal::parameter(name))?,
        };
        usize::try_from(count).map_err(|_| Refusal::parameter(name))
    }

    /// Returns the items of a list that are separated by commas.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let items = self.query(name).unwrap_or_default().split(',');
        items.filter(|item| !item.is_empty()).collect()
    }

    /// Returns one of a closed set of values.
    pub(crate) fn choice(
        &self,
        name: &'static str,
        values: &[&'static str],
    ) -> Result<Option<&'static str>, Refusal> {
        let Some(asked) = self.query(name) else {
            return Ok(None);
        };
        let known = values.iter().find(|value| **value == asked);
        known
            .map(|known| Some(*known))
            .ok_or_else(|| Refusal::parameter(name))
    }

    /// Returns some of a closed set of values.
    pub(crate) fn choices(
        &self,
        name: &'static str,
        values: &[&'static str],
    ) -> Result<Vec<&'static str>, Refusal> {
        let known = |item: &str| values.iter().find(|value| **value == item).copied();
        let items = self.list(name).into_iter().map(known);
        items
            .collect::<Option<_>>()
            .ok_or_else(|| Refusal::parameter(name))
    }

    /// Returns the number that a path segment is.
    pub(crate) fn number_in(&self, index: usize, about: &'static str) -> Result<i64, Refusal> {
        let number = self.segment(index).parse();
        number.map_err(|_| Refusal::parameter(about))
    }

    /// Returns the numbers that a path segment lists.
    pub(crate) fn numbers(&self, index: usize, about: &'static str) -> Result<Vec<i64>, Refusal> {
        let parse = |part: &str| part.parse().map_err(|_| Refusal::parameter(about));
        self.segment(index).split(',').map(parse).collect()
    }

    /// Returns the tradable keys that a path segment lists.
    pub(crate) fn tradables(&self, index: usize) -> Result<Vec<(i64, &str)>, Refusal> {
        let keys = self.segment(index).split(',').map(tradable_key);
        keys.collect::<Option<_>>()
            .ok_or(Refusal::parameter("tradables"))
    }

    /// Returns the text in the language of the call.
    pub(crate) fn say(&self, text: Text) -> &'static str {
        text[usize::from(self.english)]
    }

    /// Returns the text to a code, with what it is about.
    pub(crate) fn message(&self, code: &str, about: &str) -> String {
        message(code, about, self.english)
    }

    /// Returns an error code the way it is written on the wire.
    pub(crate) fn code(&self, name: &str) -> String {
        self.codes.write(name)
    }

    pub(crate) fn client(&self) -> &str {
        self.request.header("user-agent").unwrap_or("a client")
    }
}

/// Why a request is answered with another status than 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    code: &'static str,
    /// What is wrong, in words of the wire that need no translation.
    about: &'static str,
}

impl Refusal {
    const fn new(status: u16, code: &'static str) -> Self {
        Self {
            status,
            code,
            about: "",
        }
    }

    pub(crate) const fn parameter(about: &'static str) -> Self {
        Self {
            about,
            ..Self::new(400, "INVALID_PARAMETER")
        }
    }

    pub(crate) const fn login_failed() -> Self {
        Self::new(401, "LOGIN_FAILED")
    }

    pub(crate) const fn account_not_found() -> Self {
        Self::new(404, "ACCOUNT_NOT_FOUND")
    }

    pub(crate) const fn order_not_found() -> Self {
        Self::new(404, "ORDER_NOT_FOUND")
    }

    /// An order request that is refused by an error.
    pub(crate) const fn order(verdict: Verdict) -> Self {
        Self {
            about: verdict.about,
            ..Self::new(400, verdict.code)
        }
    }

    /// A lack of privilege, which comes without a body.
    pub(crate) const fn forbidden() -> Self {
        Self::new(403, "")
    }

    /// Nothing was found, which needs no body.
    pub(crate) const fn nothing_found() -> Self {
        Self::new(404, "")
    }
}

impl ErrorCodes {
    fn write(self, name: &str) -> String {
        match self {
            Self::Named => name.to_owned(),
            Self::Opaque => {
                let hash = |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte));
                format!("E{:05}", name.bytes().fold(7, hash) % 100_000)
            }
        }
    }
}

impl Exchange {
    pub(super) fn answer(
        &mut self,
        request: &Request,
        found: Option<(Operation, Vec<String>)>,
    ) -> Response {
        let english = wants_english(request.header("accept-language"));
        // This one alone is documented to list nothing, and always.
        let lists_nothing = matches!(found, Some((Operation::SearchNews, _)));
        let no_content = self.config.dialect.empty_lists == EmptyLists::NoContent;
        match self.dispatch(request, english, found) {
            Ok(Json::Absent) => Response::empty(204),
            // An empty list is told by the status alone.
            Ok(Json::Array(items)) if items.is_empty() && no_content && !lists_nothing => {
                Response::empty(204)
            }
            Ok(json) => Response::json(200, self.encoder.encode_reply(&json)),
            Err(refusal) => self.refuse(&refusal, english),
        }
    }

    fn dispatch(
        &mut self,
        request: &Request,
        english: bool,
        found: Option<(Operation, Vec<String>)>,
    ) -> Result<Json, Refusal> {
        let (operation, segments) = found.ok_or(Refusal::new(404, "NOT_FOUND"))?;
        if !accepts_json(request) {
            return Err(Refusal::new(406, "NOT_ACCEPTABLE"));
        }
        let session = if operation.needs_session() {
            let key = request.header("authorization").and_then(basic_key);
            let session = key.and_then(|key| {
                let epoch = self.gate.touch(&key, self.now)?;
                Some((key, epoch))
            });
            let told = self.config.dialect.dead_touch == DeadTouch::Told;
            if session.is_none() && told && operation == Operation::TouchSession {
                return Ok(object! { "logged_in": false });
            }
            Some(session.ok_or(Refusal::new(401, "INVALID_SESSION"))?)
        } else {
            None
        };
        let call = Call {
            request,
            query: request.query().ok_or(Refusal::parameter("query"))?,
            english,
            codes: self.config.dialect.error_codes,
            session,
            segments,
        };
        match operation {
            Operation::Status => Ok(self.system_status()),
            Operation::StartLogin => self.start_login(&call),
            Operation::VerifyLogin => self.verify_login(&call),
            Operation::TouchSession => Ok(self.touch_session()),
            Operation::Logout => Ok(self.logout(&call)),
            Operation::ListAccounts => self.list_accounts(&call),
            Operation::GetAccount => self.get_account(&call),
            Operation::AccountInfo => self.get_account_info(&call),
            Operation::ListLedgers => self.list_ledgers(&call),
            Operation::ListPositions => self.list_positions(&call),
            Operation::ReturnsToday => self.get_returns_today(&call),
            Operation::ListTrades => self.list_trades(&call),
            Operation::ListOrders => self.list_orders(&call),
            Operation::PlaceOrder => self.place_order(&call),
            Operation::ModifyOrder => self.modify_order(&call),
            Operation::CancelOrder => self.cancel_order(&call),
            Operation::ActivateOrders => self.activate_orders(&call),
            Operation::GetInstruments => self.get_instruments(&call),
            Operation::LookupInstruments => self.lookup_instruments(&call),
            Operation::ListInstrumentTypes => Ok(self.list_instrument_types(&call)),
            Operation::GetInstrumentTypes => self.get_instrument_types(&call),
            Operation::ListUnderlyings => self.list_underlyings(&call),
            Operation::InstrumentSuitability => self.check_instrument_suitability(&call),
            Operation::ListLeverages => self.list_leverages(&call),
            Operation::LeverageFilters => self.get_leverage_filters(&call),
            Operation::InstrumentTrades => self.list_instrument_trades(&call),
            Operation::SearchAttributes => self.search_attributes(&call),
            Operation::SearchStocks => self.search_stocks(&call),
            Operation::SearchBullBear => self.search_bull_bear(&call),
            Operation::SearchMiniFutures => self.search_mini_futures(&call),
            Operation::SearchUnlimitedTurbos => self.search_unlimited_turbos(&call),
            Operation::SearchOptionPairs => self.search_option_pairs(&call),
            Operation::SearchMain => self.search_main(&call),
            Operation::TradableInfo => self.get_tradable_info(&call),
            Operation::TradableTrades => self.list_tradable_trades(&call),
            Operation::TradableSuitability => self.check_tradable_suitability(&call),
            Operation::ListMarkets => Ok(self.list_markets(&call)),
            Operation::GetMarkets => self.get_markets(&call),
            Operation::ListTickSizes => Ok(self.list_tick_sizes()),
            Operation::GetTickSizes => self.get_tick_sizes(&call),
            Operation::ListCountries => Ok(self.list_countries(&call)),
            Operation::GetCountries => self.get_countries(&call),
            Operation::SearchNews => Ok(Json::Array(Vec::new())),
            Operation::GetNewsArticles => self.get_news_articles(&call),
            Operation::ListNewsSources => Ok(self.list_news_sources()),
        }
    }

    /// Makes a list of what was found under the keys that were asked for.
    pub(super) fn listed(
        &self,
        found: impl IntoIterator<Item = Option<Json>>,
        about: &'static str,
    ) -> Result<Json, Refusal> {
        let mut items = Vec::new();
        for one in found {
            match one {
                Some(one) => items.push(one),
                None if self.config.dialect.bad_ids == BadIds::Skipped => {}
                None => return Err(Refusal::parameter(about)),
            }
        }
        Ok(Json::Array(items))
    }

    /// Makes the refusal of a request that is not even looked at.
    pub(super) fn refusal(&mut self, status: u16, code: &'static str) -> Answer {
        let response = self.refuse(&Refusal::new(status, code), false);
        let mut answer = Answer::status(status).body(response.body);
        for (name, value) in &response.headers {
            answer = answer.header(name, value);
        }
        answer
    }

    fn refuse(&mut self, refusal: &Refusal, english: bool) -> Response {
        if refusal.code.is_empty() {
            return Response::empty(refusal.status);
        }
        let message = message(refusal.code, refusal.about, english);
        let code = self.config.dialect.error_codes.write(refusal.code);
        let body = self
            .encoder
            .encode(&object! { "code": code, "message": message });
        Response::json(refusal.status, body)
    }
}

fn message(code: &str, about: &str, english: bool) -> String {
    let text = text(code, english);
    if about.is_empty() {
        text.to_owned()
    } else {
        format!("{text}: {about}")
    }
}

fn accepts_json(request: &Request) -> bool {
    request.header("accept").is_none_or(|accept| {
        accept.split(',').any(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            matches!(kind, "application/json" | "application/*" | "*/*")
        })
    })
}
