//! The session. The client has logged in by itself, keeps the session alive
//! and renews it; a program only needs these calls to look at it.

use nordnet_tokio::api::TouchSession;
use nordnet_tokio::{Client, Result};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    if let Some(fingerprint) = nordnet.fingerprint() {
        println!("  logged in at {} by {fingerprint}", nordnet.base_url());
    }
    let session = nordnet.session().await?;
    let minutes = session.expires_in.as_secs() / 60;
    println!("  ends after {minutes} min without a call");
    println!("  market data from {}", session.public_feed);
    println!("  own orders and trades from {}", session.private_feed);

    nordnet.send(TouchSession::new()).await?;
    println!("  lives, and its idle time begins anew");
    Ok(())
}
