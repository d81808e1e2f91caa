//! All pages of a search.

use std::time::Instant;

use super::{Flow, FlowCache, FlowStep};
use crate::api::{HitGroup, ListSearch, Page, SearchMain, Searched};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::response::List;

/// All pages of a search, as one: a flow that asks for page after page.
///
/// The limit of the search is the size of a page. Rows that come and go between
/// two calls can be missed, or found twice.
///
/// ```
/// use nordnet_proto::api::SearchStocks;
/// use nordnet_proto::flow::Pages;
///
/// let stocks = Pages::of(SearchStocks::new().text("bank").limit(100)).at_most(500);
/// # let _ = stocks;
/// ```
#[derive(Debug)]
#[must_use = "a flow does nothing unless it is run"]
pub struct Pages<S: Paged> {
    search: S,
    offset: u32,
    most: usize,
    seen: usize,
    found: Option<S::Response>,
    ended: Option<Result<(), Error>>,
}

impl<S: Paged> Pages<S> {
    /// Goes through the pages of a search from its offset on, until there are
    /// no more, or ten thousand rows are there.
    pub fn of(search: S) -> Self {
        let (_, offset) = search.limit_and_offset();
        Self {
            search,
            offset,
            most: 10_000,
            seen: 0,
            found: None,
            ended: None,
        }
    }

    /// Asks for no further page once so many rows are there; the last page may
    /// bring more.
    pub const fn at_most(mut self, rows: usize) -> Self {
        self.most = rows;
        self
    }

    fn take(&mut self, page: S::Response) {
        let (rows, total) = S::extent(&page);
        match &mut self.found {
            Some(found) => S::join(found, page),
            None => self.found = Some(page),
        }
        self.seen += rows;
        let (limit, _) = self.search.limit_and_offset();
        // A page may hold more rows than its limit, which count as one step,
        // or fewer though it is not the last, if the server has a limit of its
        // own.
        let step = u32::try_from(rows).unwrap_or(u32::MAX).min(limit.into());
        self.offset = self.offset.saturating_add(step);
        if step == 0 || self.seen >= self.most || total.is_some_and(|total| self.seen >= total) {
            self.ended = Some(Ok(()));
        }
    }
}

impl<S: Paged> Flow for Pages<S> {
    type Call = S;
    type Output = S::Response;

    fn poll(&mut self, _: &mut FlowCache, _: Instant) -> FlowStep<S, S::Response> {
        match self.ended.take() {
            None => FlowStep::Call(self.search.at(self.offset)),
            Some(Ok(())) => FlowStep::Done(Ok(self.found.take().unwrap_or_default())),
            Some(Err(error)) => FlowStep::Done(Err(error)),
        }
    }

    fn handle_response(&mut self, response: Result<S::Response, Error>) {
        match response {
            Ok(page) => self.take(page),
            Err(error) => self.ended = Some(Err(error)),
        }
    }
}

/// A search that gives page after page; sealed.
pub trait Paged: Endpoint<Response: Default> + Clone + sealed::Sealed {
    #[doc(hidden)]
    fn limit_and_offset(&self) -> (u16, u32);
    #[doc(hidden)]
    #[must_use]
    fn at(&self, offset: u32) -> Self;
    /// How many rows a page has, the unreadable ones included, and how many all
    /// pages have together.
    #[doc(hidden)]
    fn extent(page: &Self::Response) -> (usize, Option<usize>);
    #[doc(hidden)]
    fn join(found: &mut Self::Response, page: Self::Response);
}

impl<L: Searched> Paged for ListSearch<L> {
    fn limit_and_offset(&self) -> (u16, u32) {
        self.limit_and_offset()
    }

    fn at(&self, offset: u32) -> Self {
        self.clone().offset(offset)
    }

    fn extent(page: &Page<L::Row>) -> (usize, Option<usize>) {
        (count(&page.results), page.total_hits.map(total))
    }

    fn join(found: &mut Page<L::Row>, page: Page<L::Row>) {
        if found.underlying_instrument_id != page.underlying_instrument_id {
            found.underlying_instrument_id = None;
        }
        found.rows = found.rows.zip(page.rows).map(|(a, b)| a.saturating_add(b));
        found.total_hits = page.total_hits;
        found.results.append(page.results);
    }
}

/// Its groups have pages of their own, which are turned together.
impl Paged for SearchMain {
    fn limit_and_offset(&self) -> (u16, u32) {
        self.limit_and_offset()
    }

    fn at(&self, offset: u32) -> Self {
        self.clone().offset(offset)
    }

    fn extent(groups: &List<HitGroup>) -> (usize, Option<usize>) {
        let rows = groups.iter().map(|group| count(&group.results)).max();
        let totals: Option<Vec<_>> = groups.iter().map(|group| group.total).collect();
        let most = totals.and_then(|totals| totals.into_iter().max());
        (rows.unwrap_or(0), most.map(total))
    }

    fn join(found: &mut List<HitGroup>, mut page: List<HitGroup>) {
        for group in page.take() {
            let kind = &group.display_group_type;
            match found
                .iter_mut()
                .find(|known| known.display_group_type == *kind)
            {
                Some(known) => known.results.append(group.results),
                None => found.append(vec![group].into()),
            }
        }
        found.append(page);
    }
}

fn count<T>(rows: &List<T>) -> usize {
    rows.len() + rows.skipped_count()
}

fn total(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

mod sealed {
    use crate::api::{ListSearch, SearchMain};

    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed {}
    impl<L> Sealed for ListSearch<L> {}
    impl Sealed for SearchMain {}
}
