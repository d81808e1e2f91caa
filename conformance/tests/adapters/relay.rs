//! A TCP relay in front of a simulator, which cuts connections below TLS: in the middle
//! of a handshake or of a record.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use nordnet_sim::{Cut, Direction};
use rustix::net::sockopt::set_socket_linger;

/// The pause between two reads of a connection on which nothing comes.
const MOMENT: Duration = Duration::from_micros(200);

pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    server: SocketAddr,
    /// For the next connection.
    plan: Option<Plan>,
    passed: Vec<Passed>,
}

type Plan = (Direction, u64, Cut);

/// What has gone over a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passed {
    /// In and out.
    pub(crate) bytes: [u64; 2],
    /// How many bytes had gone in and out when the client sent its second flight of a
    /// handshake.
    pub(crate) opening: Option<[u64; 2]>,
}

impl Relay {
    pub(crate) fn to(server: SocketAddr) -> Self {
        Self::from("127.0.0.1", server)
    }

    /// A relay at another address of this machine.
    pub(crate) fn from(ip: &str, server: SocketAddr) -> Self {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            server,
            plan: None,
            passed: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        // Ends with the first connection after the simulator is gone, or with the
        // process.
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = shared.lock().unwrap().server;
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(server)) else {
                    return;
                };
                let mut state = shared.lock().unwrap();
                let plan = state.plan.take();
                let number = state.passed.len();
                state.passed.push(Passed::default());
                drop(state);
                let shared = Arc::clone(&shared);
                thread::spawn(move || pass_on(client, server, plan, &shared, number));
            }
        });
        Self { address, state }
    }

    /// Leads the next connections to another server.
    pub(crate) fn lead_to(&self, server: SocketAddr) {
        self.state.lock().unwrap().server = server;
    }

    /// Cuts the next connection after `bytes` in that direction; these still arrive.
    pub(crate) fn cut_at(&self, direction: Direction, bytes: u64, cut: Cut) {
        self.state.lock().unwrap().plan = Some((direction, bytes, cut));
    }

    /// What has gone over each connection, oldest first.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        self.state.lock().unwrap().passed.clone()
    }
}

fn pass_on(
    mut client: TcpStream,
    mut server: TcpStream,
    plan: Option<Plan>,
    state: &Mutex<State>,
    number: usize,
) {
    for end in [&client, &server] {
        end.set_nodelay(true).unwrap();
        end.set_nonblocking(true).unwrap();
    }
    let mut buffer = [0; 4096];
    loop {
        let mut idle = true;
        for direction in [Direction::In, Direction::Out] {
            let (from, to) = match direction {
                Direction::In => (&mut client, &mut server),
                Direction::Out => (&mut server, &mut client),
            };
            let count = match from.read(&mut buffer) {
                Ok(count @ 1..) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Ok(_) | Err(_) => return,
            };
            idle = false;
            let mut state = state.lock().unwrap();
            let passed = &mut state.passed[number];
            let [received, sent] = passed.bytes;
            if direction == Direction::In && sent > 0 {
                passed.opening.get_or_insert([received, sent]);
            }
            let before = &mut passed.bytes[direction as usize];
            let room = match plan {
                Some((planned, bytes, _)) if planned == direction => bytes - *before,
                _ => u64::MAX,
            };
            let count_passed = room.min(count as u64);
            *before += count_passed;
            drop(state);
            if to.write_all(&buffer[..count_passed as usize]).is_err() {
                return;
            }
            if count_passed < count as u64 {
                let (_, _, cut) = plan.unwrap();
                return end(client, cut);
            }
        }
        if idle {
            thread::sleep(MOMENT);
        }
    }
}

/// Ends the connection to the client, and then the one to the server.
fn end(mut client: TcpStream, cut: Cut) {
    if cut == Cut::Reset {
        set_socket_linger(&client, Some(Duration::ZERO)).unwrap();
        return;
    }
    if cut != Cut::Stall {
        let _ = client.shutdown(Shutdown::Write);
    }
    let _ = client.set_nonblocking(false);
    let mut scrap = [0; 1024];
    while let Ok(1..) = client.read(&mut scrap) {}
}
