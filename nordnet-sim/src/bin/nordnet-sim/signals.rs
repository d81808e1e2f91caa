//! The signals that end the program, and passing them on.

use std::io;

/// What the program was told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt,
    #[cfg(unix)]
    Terminate,
    #[cfg(unix)]
    HangUp,
}

pub(crate) use system::Signals;

#[cfg(unix)]
mod system {
    use std::fs::{self, File};

    use rustix::process::{Pid, Signal as Number, getpgrp, kill_process};
    use rustix::termios::tcgetpgrp;
    use tokio::signal::unix::{self, SignalKind, signal};

    use super::{Signal, io};

    /// The listeners; signals that come before they are asked for wait.
    pub(crate) struct Signals {
        interrupt: unix::Signal,
        terminate: unix::Signal,
        hang_up: Option<unix::Signal>,
    }

    impl Signals {
        pub(crate) fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                // Listening would undo `nohup`.
                hang_up: (!ignores_hang_up())
                    .then(|| signal(SignalKind::hangup()))
                    .transpose()?,
            })
        }

        pub(crate) async fn next(&mut self) -> Signal {
            let hang_up = async {
                match &mut self.hang_up {
                    Some(hang_up) => hang_up.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.terminate.recv() => Signal::Terminate,
                _ = hang_up => Signal::HangUp,
            }
        }
    }

    impl Signal {
        /// Sends it to a process that was started from here.
        pub(crate) fn pass_on(self, process: u32) {
            // Ctrl-C in a terminal reaches every process in the foreground by
            // itself; a second one would tell many a program not to clean up.
            if self == Self::Interrupt && in_foreground() {
                return;
            }
            let number = match self {
                Self::Interrupt => Number::INT,
                Self::Terminate => Number::TERM,
                Self::HangUp => Number::HUP,
            };
            if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
                // It may have ended just now.
                let _ = kill_process(process, number);
            }
        }
    }

    fn in_foreground() -> bool {
        File::open("/dev/tty")
            .ok()
            .and_then(|terminal| tcgetpgrp(terminal).ok())
            .is_some_and(|group| group == getpgrp())
    }

    /// Says whether hang-ups were ignored when the program began; where that
    /// cannot be told they are left alone.
    fn ignores_hang_up() -> bool {
        let Ok(status) = fs::read_to_string("/proc/self/status") else {
            return true;
        };
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_none_or(|mask| mask & 1 != 0)
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Signal, io};

    pub(crate) struct Signals;

    impl Signals {
        pub(crate) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) async fn next(&mut self) -> Signal {
            // Without Ctrl-C there is no way to end but being killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Signal::Interrupt
        }
    }

    impl Signal {
        /// The console has told every process that is attached to it.
        pub(crate) fn pass_on(self, _process: u32) {}
    }
}
