//! The calls of the REST API, one file a group.
//!
//! Each call is a struct: make it, then give it to a client's `send`, to an
//! [`Operation`](crate::Operation), or to [`to_request`](crate::to_request).
//! What takes several calls is a [`flow`](crate::flow).
//! A call that takes one id or several has `of` for one and `of_all` for several.
//!
//! # What comes back
//!
//! Prices and other numbers are [`Decimal`](crate::Decimal)s, money in a currency
//! is an [`Amount`], numbers of units are [`Volume`](crate::Volume)s, codes
//! are open enums that keep what they do not know, and members that the source
//! calls optional are `Option`s. Members that this version does not know are
//! passed over. A list keeps what of it can be read, and tells the rest:
//! [`List::skipped`](crate::List::skipped). All types write themselves back with
//! serde, decimals as texts, and read that again.
//!
//! Names, messages and descriptions are in the language of
//! [`Config::language`](crate::Config::language): never branch on them.
//! Percentages are in percent: 5 is 5 %. Dates and "today" are in a time zone
//! that the source does not name.
//!
//! # Errors
//!
//! Every call can end in any [`Error`](crate::Error). Of refusals, which are
//! [`Error::Refused`](crate::Error::Refused), there are three kinds: HTTP 400
//! for a parameter that is wrong, 403 without a word for a right that the user
//! or the account lacks, and 404 for an account or an order that is not there.
//! Where nothing is found the response is empty, which is no error. An answer
//! that makes no sense is [`Error::Unreadable`](crate::Error::Unreadable), and
//! names the call and the member.
//!
//! A call that takes a list fails with
//! [`Error::NothingAsked`](crate::Error::NothingAsked) if it is empty, and with
//! [`Error::TooLong`](crate::Error::TooLong) if no address can hold it; how long
//! a list the server takes is not documented.
//!
//! # All operations
//!
//! | operation | call | gives | safety |
//! |---|---|---|---|
//! | `GET /` | [`GetStatus`] | [`Status`] | read |
//! | `POST /login/start` | [`StartLogin`] | the challenge | idempotent |
//! | `POST /login/verify` | [`VerifyLogin`] | [`NewSession`] | once only |
//! | `PUT /login` | [`TouchSession`] | nothing | idempotent |
//! | `DELETE /login` | [`Logout`] | nothing | idempotent |
//! | `GET /accounts` | [`ListAccounts`] | list of [`Account`] | read |
//! | `GET /accounts/{accid}` | [`GetAccount`] (deprecated) | [`AccountInfo`] | read |
//! | `GET /accounts/{accid}/info` | [`GetAccountInfo`], [`GetAccountInfos`] | list of [`AccountInfo`] | read |
//! | `GET /accounts/{accid}/ledgers` | [`ListLedgers`] | [`Ledgers`] | read |
//! | `GET /accounts/{accid}/positions` | [`ListPositions`] | list of [`Position`] | read |
//! | `GET /accounts/{accid}/returns/transactions/today` | [`GetReturnsToday`] | list of [`TransactionsToday`] | read |
//! | `GET /accounts/{accid}/trades` | [`ListFills`] | list of [`Fill`] | read |
//! | `GET /accounts/{accid}/orders` | [`ListOrders`] | list of [`Order`] | read |
//! | `POST /accounts/{accid}/orders` | [`PlaceOrder`] | [`Outcome`] | once only |
//! | `PUT /accounts/{accid}/orders/{order_id}` | [`ModifyOrder`] | [`Outcome`] | once only |
//! | `DELETE /accounts/{accid}/orders/{order_id}` | [`CancelOrder`] | [`Outcome`] | idempotent |
//! | `PUT /accounts/{accid}/orders/{order_id}/activate` | [`ActivateOrders`] | [`Outcome`] | idempotent |
//! | `GET /instruments/{instrument_id}` | [`GetInstruments`] | list of [`Instrument`] | read |
//! | `GET /instruments/lookup/{lookup_type}/{lookup}` | [`LookupInstruments`] | list of [`Instrument`] | read |
//! | `GET /instruments/types` | [`ListInstrumentTypes`] | list of [`InstrumentType`] | read |
//! | `GET /instruments/types/{instrument_type}` | [`GetInstrumentTypes`] | list of [`InstrumentType`] | read |
//! | `GET /instruments/underlyings/{derivative_type}/{currency}` | [`ListUnderlyings`] | list of [`Instrument`] | read |
//! | `GET /instruments/validation/suitability/{instrument_id}` | [`CheckInstrumentSuitability`] | list of [`InstrumentEligibility`] | read |
//! | `GET /instruments/{instrument_id}/leverages` | [`ListLeverages`] | list of [`Instrument`] | read |
//! | `GET /instruments/{instrument_id}/leverages/filters` | [`GetLeverageFilters`] | [`LeverageFilter`] | read |
//! | `GET /instruments/{instrument_id}/trades` | [`ListInstrumentTrades`] | list of [`InstrumentTrades`] | read |
//! | `GET /instrument_search/attributes` | [`SearchAttributes`] | [`Attributes`] | read |
//! | `GET /instrument_search/query/stocklist` | [`SearchStocks`] | [`Page`] of [`Stock`] | read |
//! | `GET /instrument_search/query/bullbearlist` | [`SearchBullBear`] | [`Page`] of [`BullBear`] | read |
//! | `GET /instrument_search/query/minifuturelist` | [`SearchMiniFutures`] | [`Page`] of [`KnockOut`] | read |
//! | `GET /instrument_search/query/unlimitedturbolist` | [`SearchUnlimitedTurbos`] | [`Page`] of [`KnockOut`] | read |
//! | `GET /instrument_search/query/optionlist/pairs` | [`SearchOptionPairs`] | [`Page`] of [`OptionPair`] | read |
//! | `GET /main_search` | [`SearchMain`] | list of [`HitGroup`] | read |
//! | `GET /tradables/info/{tradables}` | [`GetTradableInfo`] | list of [`TradableInfo`] | read |
//! | `GET /tradables/trades/{tradables}` | [`ListTradableTrades`] | list of [`TradableTrades`] | read |
//! | `GET /tradables/validation/suitability/{tradables}` | [`CheckTradableSuitability`] | list of [`TradableEligibility`] | read |
//! | `GET /markets` | [`ListMarkets`] | list of [`MarketEntry`] | read |
//! | `GET /markets/{market_id}` | [`GetMarkets`] | list of [`MarketEntry`] | read |
//! | `GET /tick_sizes` | [`ListTickSizes`] | list of [`TickSizeTable`] | read |
//! | `GET /tick_sizes/{tick_size_id}` | [`GetTickSizes`] | list of [`TickSizeTable`] | read |
//! | `GET /countries` | [`ListCountries`] | list of [`CountryEntry`] | read |
//! | `GET /countries/{country}` | [`GetCountries`] | list of [`CountryEntry`] | read |
//! | `GET /news` | [`SearchNews`] (deprecated) | list of [`NewsArticle`] | read |
//! | `GET /news/{item_id}` | [`GetNews`] | list of [`NewsArticle`] | read |
//! | `GET /news_sources` | [`ListNewsSources`] | list of [`NewsSource`] | read |
//!
//! A read changes nothing and is repeated after a loss. A repeat of an
//! idempotent call has the same effect. A call that is once only is never
//! repeated; see [`Safety`](crate::Safety). Every call but [`GetStatus`],
//! [`StartLogin`] and [`VerifyLogin`] needs a session.
//!
//! [`PlaceOrder`]: crate::PlaceOrder
//! [`ModifyOrder`]: crate::ModifyOrder
//! [`CancelOrder`]: crate::CancelOrder
//! [`ActivateOrders`]: crate::ActivateOrders
//! [`Outcome`]: crate::Outcome

mod accounts;
mod amount;
mod countries;
mod epoch;
mod instrument_search;
mod instruments;
mod login;
mod main_search;
mod markets;
mod news;
mod number_text;
mod orders;
mod reads;
mod sparse;
mod system;
mod tick_sizes;
mod tradables;

pub use accounts::*;
pub use amount::{Amount, AmountError};
pub use countries::*;
pub use epoch::EpochTime;
pub use instrument_search::*;
pub use instruments::*;
pub use login::*;
pub use main_search::*;
pub use markets::*;
pub use news::*;
pub use number_text::NumberText;
pub use orders::*;
pub use system::*;
pub use tick_sizes::*;
pub use tradables::*;
