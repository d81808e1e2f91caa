//! Whether the service is up; the one call that needs no session.

use nordnet_tokio::api::GetStatus;
use nordnet_tokio::{Client, Result};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    let status = nordnet.send(GetStatus::new()).await?;
    let health = if status.system_running {
        "running"
    } else {
        "paused"
    };
    println!("  {health}, its clock says {}", status.timestamp);
    if !status.valid_version {
        println!("  this version of the API is not served any more");
    }
    if !status.message.is_empty() {
        println!("  notice: {}", status.message);
    }
    Ok(())
}
