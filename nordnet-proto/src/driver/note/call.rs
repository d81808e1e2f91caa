//! The notes of one call.

use std::time::Instant;

use super::{About, Note, NoteKind};
use crate::driver::adapter::Adapter;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::failure::{Attempt, Failure};
use crate::order::Outcome;
use crate::request::HttpResponse;
use crate::tries::Signal;

/// Tells how a call fares.
pub(in crate::driver) struct CallNotes<'a, R> {
    adapter: &'a R,
    operation: &'static str,
    begun: Instant,
    attempt: Option<Attempt>,
    sent: Instant,
}

impl<'a, R: Adapter> CallNotes<'a, R> {
    pub(in crate::driver) fn of<E: Endpoint>(adapter: &'a R) -> Self {
        let now = adapter.now();
        Self {
            adapter,
            operation: E::OPERATION,
            begun: now,
            attempt: None,
            sent: now,
        }
    }

    pub(in crate::driver) fn sent(&mut self, attempt: Attempt) {
        let kind = match self.attempt.replace(attempt) {
            None => NoteKind::CallSent,
            Some(_) => NoteKind::CallRetried,
        };
        self.sent = self.adapter.now();
        self.tell(Note::new(kind));
    }

    pub(in crate::driver) fn answered(&self, answer: &Result<HttpResponse, Failure>) {
        let took = self.adapter.now().saturating_duration_since(self.sent);
        let mut note = match answer {
            Ok(_) => Note::new(NoteKind::CallAnswered),
            Err(failure) => Note::new(NoteKind::CallLost).because(failure),
        };
        note.status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        self.tell(note.took(took));
        if let Signal::Answered {
            status: 429,
            wait: Some(wait),
        } = Signal::of(answer)
        {
            self.tell(Note::new(NoteKind::CoolDown).waits(wait));
        }
    }

    pub(in crate::driver) fn waits(&self, until: Instant) {
        let wait = until.saturating_duration_since(self.adapter.now());
        self.tell(Note::new(NoteKind::CallWaits).waits(wait));
    }

    pub(in crate::driver) fn ended<E: Endpoint>(&self, result: &Result<E::Response, Error>) {
        let took = self.adapter.now().saturating_duration_since(self.begun);
        let note = match result.as_ref().map(E::outcome) {
            Err(error) => Note::new(NoteKind::CallFailed).because(error),
            Ok(Some(Outcome::Unknown(unresolved))) => {
                Note::new(NoteKind::OutcomeUnknown).about(About::Order(&unresolved.reference))
            }
            Ok(Some(Outcome::Rejected(rejection))) => {
                let mut note = Note::new(NoteKind::OrderRejected);
                note.status = Some(rejection.status);
                note.about(About::Order(&rejection.reference))
            }
            Ok(_) => return,
        };
        self.tell(note.took(took));
    }

    fn tell(&self, mut note: Note<'_>) {
        note.operation = Some(self.operation);
        note.attempt = self.attempt;
        self.adapter.note(&note);
    }
}
