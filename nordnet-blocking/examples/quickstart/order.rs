//! One order, from its price to its fills.

use std::time::Instant;

use crate::Result;
use crate::desk::{Desk, PATIENCE};
use crate::nordnet::api::{ActionState, Amount};
use crate::nordnet::{
    AccountMessage, Client, Event, OrderId, Outcome, PlaceOrder, Reference, Trading, Volume,
};
use crate::show::{self, grouped, seconds};

const VOLUME: u32 = 100;

/// Buys at the best ask, and shows the life of the order until it is filled.
pub(crate) fn buy_at_ask(nordnet: &Client<Trading>, desk: &mut Desk) -> Result<()> {
    desk.get_ready()?;
    let ask = loop {
        if let Some(ask) = desk.quote.ask() {
            break ask;
        }
        if !desk.next_tick(Instant::now() + PATIENCE)? {
            return Err("nobody sells".into());
        }
    };
    let symbol = &desk.instrument.symbol;
    let currency = &desk.instrument.currency;
    let value = ask.checked_mul(VOLUME.into()).ok_or("too large an order")?;
    let reference = Reference::new(format!("demo-{:04X}", std::process::id() & 0xFFFF))?;
    say!(
        "\norder      BUY {VOLUME} {symbol} limit {ask:.2} {currency} = {} {currency}   ref {reference}",
        grouped(value, 2)
    );

    let limit = Amount::new(ask, currency.as_str());
    let order = PlaceOrder::buy(
        VOLUME.into(),
        desk.tradable.id(),
        limit,
        desk.account.number,
    )?
    .with_reference(reference);
    let start = Instant::now();
    step("           sent");
    let order_id = match nordnet.send(order)? {
        Outcome::Accepted(reply) => reply.order_id,
        Outcome::Rejected(rejection) => return Err(rejection.to_string().into()),
        // The order may be live. Do not send it again; look it up.
        Outcome::Unknown(unresolved) => return Err(unresolved.to_string().into()),
    };
    step(" > accepted");
    let fills = until_filled(desk, order_id, start + PATIENCE)?;
    say!(
        "\nFILLED     {VOLUME} at {fills} in {}",
        seconds(start.elapsed())
    );
    Ok(())
}

/// Shows each step of the order; gives the prices of its fills.
fn until_filled(desk: &mut Desk, order_id: OrderId, end: Instant) -> Result<String> {
    let mut filled = Volume::ZERO;
    let mut prices = Vec::new();
    let mut on_market = false;
    while filled < VOLUME.into() {
        match desk.orders.next_before(end)? {
            Some(Event::Message(AccountMessage::Order(order))) if order.order_id == order_id => {
                let confirmed = order.action_state == Some(ActionState::InsertConfirmed);
                if confirmed && !on_market {
                    on_market = true;
                    step(" > on market");
                }
            }
            Some(Event::Message(AccountMessage::Fill(fill))) if fill.order_id == order_id => {
                step(&format!(
                    " > {} at {:.2}",
                    fill.volume.normalized(),
                    fill.price.value
                ));
                filled = filled.checked_add(fill.volume).ok_or("too large a fill")?;
                prices.push(format!("{:.2}", fill.price.value));
            }
            Some(Event::Closed(reason)) => return Err(reason.to_string().into()),
            Some(_) => {}
            None => return Err("the account feed has ended".into()),
        }
    }
    prices.dedup();
    Ok(prices.join(" and "))
}

fn step(text: &str) {
    show::print(format_args!("{text}"));
}
