//! What becomes of a request: script and faults, authorisation, dispatch, and
//! the form of errors.

use crate::json::{Json, object};

use super::Exchange;
use super::control::Answer;
use super::login::basic_key;
use super::request::{Reply, Request, Response};
use super::route::Operation;

/// A request that was understood so far.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) english: bool,
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

    pub(crate) const fn forbidden() -> Self {
        Self::new(403, "")
    }
}

impl Exchange {
    pub(super) fn serve(&mut self, request: &Request) -> Reply {
        let found = Operation::find(&request.method, request.path());
        let operation = found.as_ref().map(|(operation, _)| *operation);
        let key = request.header("authorization").and_then(basic_key);
        let epoch = key.as_deref().and_then(|key| self.gate.epoch(key));
        self.audit
            .begin(request, operation, key.as_deref(), epoch, self.now);

        let script = self.scripts.next(operation).or_else(|| self.random_fault());
        let mut delay = self.config.faults.delay;
        let response = match script {
            Some(Answer::CloseUnprocessed) => None,
            Some(Answer::CloseProcessed) => {
                self.answer(request, found);
                None
            }
            Some(Answer::Reply {
                response,
                processed,
            }) => {
                if processed {
                    self.answer(request, found);
                }
                Some(response)
            }
            Some(Answer::Delay(wait)) => {
                delay = delay.saturating_add(wait);
                Some(self.answer(request, found))
            }
            None => Some(self.answer(request, found)),
        };
        self.audit
            .end(response.as_ref().map(|response| response.status));
        Reply { response, delay }
    }

    fn random_fault(&mut self) -> Option<Answer> {
        let faults = self.config.faults;
        let mut strikes = |millionths| millionths > 0 && self.fault_rng.chance(millionths);
        let (status, code) = if strikes(faults.too_many) {
            (429, "TOO_MANY_REQUESTS")
        } else if strikes(faults.unavailable) {
            (503, "SERVICE_UNAVAILABLE")
        } else {
            return strikes(faults.lost).then_some(Answer::CloseProcessed);
        };
        let mut response = self.refuse(&Refusal::new(status, code), false);
        if status == 503 {
            response
                .headers
                .push(("retry-after".to_owned(), "1".to_owned()));
        }
        Some(Answer::Reply {
            response,
            processed: false,
        })
    }

    fn answer(&mut self, request: &Request, found: Option<(Operation, Vec<String>)>) -> Response {
        let english = request
            .header("accept-language")
            .is_some_and(|language| language.trim_start().starts_with("en"));
        match self.dispatch(request, english, found) {
            // An empty list is told by the status alone.
            Ok(Json::Array(items)) if items.is_empty() => Response::empty(204),
            Ok(json) => Response::json(200, self.encoder.encode(&json)),
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
            Some(session.ok_or(Refusal::new(401, "INVALID_SESSION"))?)
        } else {
            None
        };
        let call = Call {
            request,
            query: request.query().ok_or(Refusal::parameter("query"))?,
            english,
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
            Operation::AccountInfo => self.get_account_info(&call),
            Operation::ListPositions => self.list_positions(&call),
            Operation::ListTrades => self.list_trades(&call),
            Operation::ListOrders => self.list_orders(&call),
            Operation::PlaceOrder => self.place_order(&call),
            Operation::ModifyOrder => self.modify_order(&call),
            Operation::CancelOrder => self.cancel_order(&call),
            Operation::ActivateOrders => self.activate_orders(&call),
            Operation::LookupInstruments => self.lookup_instruments(&call),
            Operation::GetInstruments => self.get_instruments(&call),
            Operation::TradableInfo => self.get_tradable_info(&call),
            Operation::ListMarkets => Ok(self.list_markets()),
            Operation::GetMarkets => self.get_markets(&call),
            Operation::ListTickSizes => Ok(self.list_tick_sizes()),
            Operation::GetTickSizes => self.get_tick_sizes(&call),
        }
    }

    fn refuse(&mut self, refusal: &Refusal, english: bool) -> Response {
        // A lack of privilege comes without a body.
        if refusal.status == 403 {
            return Response::empty(403);
        }
        let mut message = text(refusal.code, english).to_owned();
        if !refusal.about.is_empty() {
            message = format!("{message}: {}", refusal.about);
        }
        let body = self
            .encoder
            .encode(&object! { "code": refusal.code, "message": message });
        Response::json(refusal.status, body)
    }
}

/// Returns the text to a code, in Swedish unless English is asked for.
pub(crate) fn text(code: &str, english: bool) -> &'static str {
    let (swedish, in_english) = match code {
        "INVALID_PARAMETER" => ("Ogiltig parameter", "Invalid parameter"),
        "INVALID_SESSION" => ("Ogiltig session", "Invalid session"),
        "LOGIN_FAILED" => ("Inloggningen misslyckades", "Login failed"),
        "ACCOUNT_NOT_FOUND" => ("Kontot finns inte", "No such account"),
        "ORDER_NOT_FOUND" => ("Ordern finns inte", "No such order"),
        "NOT_FOUND" => ("Sidan finns inte", "No such resource"),
        "NOT_ACCEPTABLE" => ("Svaret är alltid JSON", "Replies are always JSON"),
        "TOO_MANY_REQUESTS" => ("För många anrop", "Too many requests"),
        "SERVICE_UNAVAILABLE" => ("Tjänsten är inte tillgänglig", "Service unavailable"),
        "NOT_ENOUGH_TRADING_POWER" => ("Köputrymmet räcker inte.", "Not enough trading power."),
        "NOT_ENOUGH_HOLDINGS" => ("Innehavet räcker inte.", "Not enough holdings."),
        "INVALID_PRICE" => (
            "Priset följer inte tickstorleken.",
            "The price is off the tick grid.",
        ),
        "INVALID_VOLUME" => (
            "Volymen är ingen multipel av posten.",
            "The volume is no multiple of the lot.",
        ),
        "INVALID_CURRENCY" => ("Fel valuta.", "Wrong currency."),
        "INVALID_VALIDITY" => (
            "Datumet är ingen handelsdag.",
            "The date is no trading day.",
        ),
        "INVALID_TRADABLE" => (
            "Instrumentet kan inte handlas.",
            "The instrument cannot be traded.",
        ),
        "ORDER_TYPE_NOT_SUPPORTED" => {
            ("Ordertypen stöds inte.", "The order type is not supported.")
        }
        "OWN_ORDER_IN_THE_WAY" => (
            "En egen order står emot.",
            "The order would trade with an own one.",
        ),
        "ORDER_NOT_ACTIVE" => ("Ordern är inte aktiv.", "The order is not active."),
        "ORDER_NOT_INACTIVE" => ("Ordern är redan aktiv.", "The order is active already."),
        _ => ("Fel", "Error"),
    };
    if english { in_english } else { swedish }
}

fn accepts_json(request: &Request) -> bool {
    request.header("accept").is_none_or(|accept| {
        accept.split(',').any(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            matches!(kind, "application/json" | "application/*" | "*/*")
        })
    })
}
