//! The program around [`nordnet_sim::Server`].

#![allow(
    clippy::disallowed_methods,
    reason = "a program runs by the wall clock"
)]

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::process::{ExitCode, ExitStatus};

use nordnet_sim::{PublicKey, Server};
use tokio::runtime::Runtime;

use args::{Args, Command};
use files::Files;
use signals::Signals;

mod args;
mod files;
mod folder;
mod help;
mod signals;

/// What a shell says if there is no such program, and if it is none.
const NOT_FOUND: u8 = 127;
const NOT_STARTED: u8 = 126;

fn main() -> ExitCode {
    let done = |result: io::Result<()>| result.map(|()| ExitCode::SUCCESS);
    let result = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => done(print(&help::text())),
        Ok(Command::Version) => done(print(concat!(
            "nordnet-sim ",
            env!("CARGO_PKG_VERSION"),
            "\n"
        ))),
        Ok(Command::Serve(args)) => done(serve(&args)),
        Ok(Command::Run {
            args,
            program,
            words,
        }) => run(&args, &program, &words),
        Err(wrong) => {
            eprintln!("nordnet-sim: {wrong}\n`nordnet-sim --help` lists the options");
            return ExitCode::from(2);
        }
    };
    result.unwrap_or_else(|error| {
        eprintln!("nordnet-sim: {error}");
        ExitCode::FAILURE
    })
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Serves until a signal comes.
fn serve(args: &Args) -> io::Result<()> {
    let (runtime, mut signals) = listen()?;
    let server = start(args, args.log.unwrap_or(true))?;
    let files = Files::write(&server, args.ca_out.as_deref())?;
    print(&format!("{}\n", files.describe(&server)))?;
    runtime.block_on(signals.next());
    server.shutdown();
    Ok(())
}

/// Serves for a program, as long as that runs, and ends as it does.
fn run(args: &Args, program: &OsString, words: &[OsString]) -> io::Result<ExitCode> {
    let (runtime, mut signals) = listen()?;
    let server = start(args, args.log.unwrap_or(false))?;
    let files = Files::write(&server, args.ca_out.as_deref())?;
    let mut command = std::process::Command::new(program);
    command.args(words);
    files.tell(&server, &mut command)?;
    runtime.block_on(async {
        let mut child = match tokio::process::Command::from(command).spawn() {
            Ok(child) => child,
            Err(error) => {
                eprintln!("nordnet-sim: {}: {error}", program.display());
                let found = error.kind() != io::ErrorKind::NotFound;
                return Ok(ExitCode::from(if found { NOT_STARTED } else { NOT_FOUND }));
            }
        };
        loop {
            tokio::select! {
                status = child.wait() => return Ok(code(status?)),
                signal = signals.next() => {
                    if let Some(process) = child.id() {
                        signal.pass_on(process);
                    }
                }
            }
        }
    })
}

/// Begins to listen for signals, before anything is there to clean up.
fn listen() -> io::Result<(Runtime, Signals)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let signals = runtime.block_on(async { Signals::listen() })?;
    Ok((runtime, signals))
}

fn start(args: &Args, log: bool) -> io::Result<Server> {
    let mut builder = Server::builder()
        .plain(args.plain)
        .dialect(args.dialect)
        .faults(args.faults)
        .log(log);
    if let Some(path) = &args.public_key {
        let line = fs::read_to_string(path).map_err(|error| files::about(path, &error))?;
        PublicKey::from_openssh(&line)
            .map_err(|error| files::about(path, &io::Error::other(error)))?;
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
    let server = builder.start()?;
    if log {
        eprintln!(
            "nordnet-sim {}: times in UTC, the wall clock's and then [the market's]",
            env!("CARGO_PKG_VERSION")
        );
    }
    Ok(server)
}

/// Returns the code of a program that has ended, as a shell counts it.
fn code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let killed = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let killed = None;
    let code = status.code().or(killed);
    code.and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}
