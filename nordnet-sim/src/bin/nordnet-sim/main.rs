//! The program around [`nordnet_sim::Server`].

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use nordnet_sim::{FeedAddress, Server};
use serde_json::json;

use args::{Args, Command, HELP};
use folder::Folder;

mod args;
mod folder;

fn main() -> ExitCode {
    let result = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => io::stdout().write_all(HELP.as_bytes()),
        Ok(Command::Run(args)) => run(&args),
        Err(wrong) => {
            eprintln!("nordnet-sim: {wrong}\ntry --help");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nordnet-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Listening for signals begins before anything is left to clean up.
    let ended = runtime.block_on(async { Ended::new() })?;
    let server = start(args)?;
    let files = Files::write(&server, args)?;
    let mut ready = files.describe(&server);
    ready.push('\n');
    io::stdout().write_all(ready.as_bytes())?;
    io::stdout().flush()?;
    runtime.block_on(ended.wait());
    server.shutdown();
    Ok(())
}

fn start(args: &Args) -> io::Result<Server> {
    let mut builder = Server::builder()
        .plain(args.plain)
        .dialect(args.dialect)
        .faults(args.faults)
        .log(true);
    if let Some(path) = &args.public_key {
        let line = fs::read_to_string(path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        builder = builder.public_key(&line);
    }
    if let Some(listen) = args.listen {
        builder = builder.listen(listen);
    }
    if let Some(api_key) = &args.api_key {
        builder = builder.api_key(api_key);
    }
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if let Some(speed) = args.speed {
        builder = builder.speed(speed);
    }
    if let Some(instruments) = args.instruments {
        builder = builder.instruments(instruments);
    }
    if let Some(rate) = args.rate {
        builder = builder.rate(rate);
    }
    builder.start()
}

/// The files that a client needs, and the folder that goes at the end.
struct Files {
    ca: Option<PathBuf>,
    private_key: Option<PathBuf>,
    _folder: Option<Folder>,
}

impl Files {
    fn write(server: &Server, args: &Args) -> io::Result<Self> {
        let key = server.private_key();
        let own_ca = server.ca_pem().filter(|_| args.ca_out.is_none());
        let folder = (key.is_some() || own_ca.is_some())
            .then(Folder::new)
            .transpose()?;
        let put = |name: &str, content: &str| {
            folder
                .as_ref()
                .map(|folder| folder.write(name, content))
                .transpose()
        };
        let private_key = match key {
            Some(key) => put("id_ed25519", &key)?,
            None => None,
        };
        let ca = match (server.ca_pem(), &args.ca_out) {
            (None, _) => None,
            (Some(pem), Some(path)) => {
                fs::write(path, pem)?;
                Some(path.clone())
            }
            (Some(pem), None) => put("ca.pem", pem)?,
        };
        Ok(Self {
            ca,
            private_key,
            _folder: folder,
        })
    }

    /// Returns the line that says where everything is.
    fn describe(&self, server: &Server) -> String {
        let feed = |address: &FeedAddress| {
            format!(
                r#"{{"hostname":{},"port":{},"encrypted":{}}}"#,
                json!(address.hostname),
                address.port,
                address.encrypted,
            )
        };
        // Written out, because a map would put the members into another order.
        format!(
            r#"{{"rest":{},"api_key":{},"ca":{},"private_key":{},"control":{},"public_feed":{},"private_feed":{}}}"#,
            json!(server.rest_url()),
            json!(server.api_key()),
            json!(self.ca),
            json!(self.private_key),
            json!(server.control_url()),
            feed(server.public_feed()),
            feed(server.private_feed()),
        )
    }
}

/// The signals that end the program in order.
struct Ended {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Ended {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn wait(self) {
        // Without Ctrl-C there is no way to end but being killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
