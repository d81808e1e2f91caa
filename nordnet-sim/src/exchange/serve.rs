//! What becomes of a request: it is recorded, and a plan or a fault may come
//! before the ordinary.

use std::time::{Duration, SystemTime};

use crate::faults::RequestFault;

use super::Exchange;
use super::answer::{Answer, Cut, Part, Place};
use super::login::basic_key;
use super::request::{Reply, Request};
use super::route::Operation;

const LATE: Duration = Duration::from_secs(3);
const DRIP: Duration = Duration::from_millis(20);
const HUGE: usize = 16 * 1024 * 1024;

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\
    <body><h1>Bad Gateway</h1></body></html>\n";

impl Exchange {
    /// Takes in a request that was answered before it came: it takes effect if
    /// `processed`, and is recorded without a status. Planned answers
    /// and faults do not apply to it.
    pub fn handle_answered(&mut self, request: &Request, processed: bool, now: Duration) {
        self.advance(now);
        let found = self.record(request);
        if processed {
            self.answer(request, found);
        }
        self.audit.end(processed, None);
    }

    pub(super) fn serve(&mut self, request: &Request) -> Reply {
        let found = self.record(request);
        let operation = found.as_ref().map(|(operation, _)| *operation);
        let script = self.scripts.next(operation);
        let answer = script
            .or_else(|| self.random_answer(operation))
            .unwrap_or_else(Answer::ordinary);
        let ordinary = answer.processed.then(|| self.answer(request, found));
        let mut response = answer.response(ordinary);
        let mut delivery = answer.delivery;
        if response.is_none() {
            delivery.cut.get_or_insert((Place::Byte(0), Cut::Clean));
        }
        if matches!(delivery.cut, Some((Place::Byte(0), _))) {
            response = None;
        }
        let status = response.as_ref().map(|response| response.status);
        self.audit
            .end(answer.processed, status.filter(|_| delivery.raw.is_none()));
        Reply {
            response,
            delay: self.config.faults.delay.saturating_add(answer.delay),
            delivery,
        }
    }

    /// Records a request, and finds its operation.
    pub(super) fn record(&mut self, request: &Request) -> Option<(Operation, Vec<String>)> {
        let found = Operation::find(&request.method, request.path());
        let operation = found.as_ref().map(|(operation, _)| *operation);
        let key = request.header("authorization").and_then(basic_key);
        let epoch = key.as_deref().and_then(|key| self.gate.epoch(key));
        self.audit
            .begin(request, operation, key.as_deref(), epoch, self.now);
        found
    }

    /// Returns a point in market time as HTTP writes it.
    pub(crate) fn http_date(&self, ahead: Duration) -> String {
        let since = Duration::from_millis(self.market_time().max(0) as u64);
        let at = SystemTime::UNIX_EPOCH.checked_add(since.saturating_add(ahead));
        // Within a few centuries, as the market's clock is.
        httpdate::fmt_http_date(at.unwrap_or(SystemTime::UNIX_EPOCH))
    }

    fn random_answer(&mut self, operation: Option<Operation>) -> Option<Answer> {
        let faults = self.config.faults;
        let fault = faults.request(|chance| self.fault_rng.chance(chance))?;
        let name = operation.map_or("a request", Operation::name);
        self.note(format!("fault on {name}: {}", fault.name()));
        let mut coin = |sides: u64| self.fault_rng.next() % sides;
        let either = |answer: Answer, coin: u64| match coin {
            0 => answer.processed(),
            _ => answer.unprocessed(),
        };
        let answer = match fault {
            RequestFault::Unauthorized => self.refusal(401, "INVALID_SESSION"),
            RequestFault::TooMany => match coin(2) {
                0 => self.refusal(429, "TOO_MANY_REQUESTS"),
                _ => self
                    .refusal(429, "TOO_MANY_REQUESTS")
                    .header("retry-after", "10"),
            },
            RequestFault::Unavailable => {
                let after = match coin(3) {
                    0 => None,
                    1 => Some("1".to_owned()),
                    _ => Some(self.http_date(Duration::from_secs(1))),
                };
                let answer = self.refusal(503, "SERVICE_UNAVAILABLE");
                match after {
                    Some(after) => answer.header("retry-after", &after),
                    None => answer,
                }
            }
            RequestFault::Failed => either(Answer::status(500), coin(2)),
            RequestFault::Page => {
                let page = Answer::status(502).header("content-type", "text/html");
                either(page.body(PAGE), coin(2))
            }
            RequestFault::Empty => Answer::ordinary().body(""),
            RequestFault::WrongType => Answer::ordinary().header("content-type", "text/plain"),
            RequestFault::Redirect => {
                let status = [301, 302, 307, 308][coin(4) as usize];
                Answer::redirect(status, "https://localhost:1/api/2")
            }
            RequestFault::Garbage => Answer::garbage("SSH-2.0-OpenSSH_9.2\r\n"),
            RequestFault::Dropped => Answer::lost(Cut::Clean).unprocessed(),
            RequestFault::Lost => Answer::lost(Cut::Clean),
            RequestFault::Reset => either(Answer::lost(Cut::Reset), coin(2)),
            RequestFault::Never => either(Answer::lost(Cut::Stall), coin(2)),
            RequestFault::Torn => {
                let cut = [Cut::Abrupt, Cut::Reset, Cut::Stall][coin(3) as usize];
                Answer::ordinary().cut_at(Place::BeforeEnd(1 + coin(200) as usize), cut)
            }
            RequestFault::Late => Answer::ordinary().late(LATE),
            RequestFault::Slow => {
                let from = [Part::Head, Part::Body][coin(2) as usize];
                Answer::ordinary().dripped(from, DRIP)
            }
            RequestFault::Huge => Answer::ordinary().padded(HUGE),
            RequestFault::Chunked => Answer::ordinary().chunked(),
            RequestFault::Interim => Answer::ordinary().after_interim(103),
        };
        Some(answer)
    }
}
