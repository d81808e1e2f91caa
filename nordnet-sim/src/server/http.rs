//! The life of an HTTP connection.

use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::exchange::{Cut, Delivery, Flood, Reply, Request, Response};

use super::early::Early;
use super::http1::{Bad, Form, Image, head, interim};
use super::metered::Metered;

const IDLE_FOR: Duration = Duration::from_secs(60);
const HEAD_WITHIN: Duration = Duration::from_secs(5);
const BODY_WITHIN: Duration = Duration::from_secs(5);
const WRITTEN_WITHIN: Duration = Duration::from_secs(60);

/// Interim responses that are written at once, in bytes.
const FLOOD_AT_ONCE: usize = 32 * 1024;

/// Bytes that go out at a time, unasked.
type Unasked = Option<(Instant, Vec<u8>)>;

/// Answers requests until the connection ends, and says how it is to end.
///
/// If the first one was answered early, `answered` takes it instead.
pub(super) async fn converse(
    stream: &mut Metered,
    answer: impl Fn(&Request) -> Reply,
    date: impl Fn() -> String,
    early: Option<Early>,
    answered: impl Fn(&Request, bool),
) -> Cut {
    let mut input = Vec::new();
    let mut unasked = None;
    if let Some(early) = early {
        match greet(stream, &mut input, early, answered).await {
            Ok(None) => {}
            Ok(Some(cut)) => return cut,
            Err(_) => return Cut::Clean,
        }
    }
    loop {
        stream.record().set_idle(true);
        let (reply, form) = match receive(stream, &mut input, &mut unasked).await {
            Ok(Ok((mut request, form))) => {
                stream.record().set_idle(false);
                request.connection = stream.record().number;
                (answer(&request), form)
            }
            Ok(Err(Bad(status))) => (bare(status), Form::LAST),
            // The other side has gone, or might as well.
            Err(_) => return Cut::Clean,
        };
        if !reply.delay.is_zero() {
            tokio::time::sleep(reply.delay).await;
        }
        let image = Image::new(reply.response, &reply.delivery, form, &date());
        if send(stream, &image).await.is_err() {
            return Cut::Clean;
        }
        if let Some(cut) = image.end {
            return cut;
        }
        if let Some(stray) = reply.delivery.stray {
            let plain = Delivery::default();
            let image = Image::new(Some(stray.response), &plain, form, &date());
            unasked = Some((Instant::now() + stray.after, image.bytes));
        }
    }
}

/// Answers the first request before it is read, and says how the connection is
/// to end if it is.
async fn greet(
    stream: &mut Metered,
    input: &mut Vec<u8>,
    early: Early,
    answered: impl Fn(&Request, bool),
) -> io::Result<Option<Cut>> {
    stream.record().set_idle(false);
    if !early.delay.is_zero() {
        tokio::time::sleep(early.delay).await;
    }
    send(stream, &early.image).await?;
    if let Ok((mut request, _)) = receive(stream, input, &mut None).await? {
        request.connection = stream.record().number;
        answered(&request, early.processed);
        return Ok(early.image.end);
    }
    Ok(Some(Cut::Clean))
}

/// Receives a request. Bytes of the one after it stay in the input.
async fn receive(
    stream: &mut Metered,
    input: &mut Vec<u8>,
    unasked: &mut Unasked,
) -> io::Result<Result<(Request, Form), Bad>> {
    let mut seen = 0;
    let mut until = Instant::now() + IDLE_FOR;
    let mut head = loop {
        match head(input, seen) {
            Err(bad) => return Ok(Err(bad)),
            Ok(Some((head, length))) => {
                input.drain(..length);
                break head;
            }
            Ok(None) => {}
        }
        if seen == 0 && !input.is_empty() {
            until = Instant::now() + HEAD_WITHIN;
        }
        seen = input.len();
        match timeout_at(until, read_more(stream, input, unasked)).await {
            Ok(more) => more?,
            Err(_) if input.is_empty() => return Err(io::ErrorKind::TimedOut.into()),
            Err(_) => return Ok(Err(Bad(408))),
        }
    };
    let until = Instant::now() + BODY_WITHIN;
    loop {
        match head.body.take(input) {
            Err(bad) => return Ok(Err(bad)),
            Ok(true) => break,
            Ok(false) => {}
        }
        if std::mem::take(&mut head.waits) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            stream.flush().await?;
        }
        match timeout_at(until, read_more(stream, input, unasked)).await {
            Ok(more) => more?,
            Err(_) => return Ok(Err(Bad(408))),
        }
    }
    head.request.body = head.body.into_bytes();
    Ok(Ok((head.request, head.form)))
}

/// Reads some more. What goes out unasked goes out meanwhile.
async fn read_more(
    stream: &mut Metered,
    input: &mut Vec<u8>,
    unasked: &mut Unasked,
) -> io::Result<()> {
    let mut buffer = [0; 8192];
    let read = loop {
        let due = async {
            match unasked {
                Some((at, _)) => sleep_until(*at).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            () = due => {}
            read = stream.read(&mut buffer) => break read?,
        }
        if let Some((_, bytes)) = unasked.take() {
            write(stream, &bytes).await?;
        }
    };
    match read {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        count => {
            input.extend_from_slice(&buffer[..count]);
            Ok(())
        }
    }
}

async fn send(stream: &mut Metered, image: &Image) -> io::Result<()> {
    if let Some(flood) = &image.flood {
        send_flood(stream, flood).await?;
    }
    let (dripped, pause) = image.drip.clone().unwrap_or_default();
    let at_once = match dripped.is_empty() {
        true => &image.bytes[..],
        false => &image.bytes[..dripped.start],
    };
    write(stream, at_once).await?;
    for byte in image.bytes[dripped].chunks(1) {
        tokio::time::sleep(pause).await;
        write(stream, byte).await?;
    }
    Ok(())
}

async fn send_flood(stream: &mut Metered, flood: &Flood) -> io::Result<()> {
    let one = interim(flood);
    let block = (FLOOD_AT_ONCE / one.len()).max(1);
    let mut left = flood.times;
    while left > 0 {
        let count = usize::try_from(left).map_or(block, |left| left.min(block));
        write(stream, &one.repeat(count)).await?;
        left -= count as u64;
    }
    Ok(())
}

async fn write(stream: &mut Metered, bytes: &[u8]) -> io::Result<()> {
    let written = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    timeout(WRITTEN_WITHIN, written).await?
}

/// Returns the answer to what is no request.
fn bare(status: u16) -> Reply {
    Reply {
        response: Some(Response {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }),
        delay: Duration::ZERO,
        delivery: Delivery::default(),
    }
}
