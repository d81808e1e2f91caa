use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::client::{connect, exchange, exchange_as, port};

fn start(args: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nordnet-sim"))
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert!(line.starts_with(r#"{"rest":""#) && line.ends_with("}\n"));
    (child, ready)
}

#[cfg(unix)]
fn kill(child: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
}

/// The signals that end the program: a hang-up only where it can be known
/// that nobody ignores it, as `nohup` does.
#[cfg(unix)]
fn signals() -> &'static [&'static str] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(mask) if mask & 1 == 0 => &["-TERM", "-INT", "-HUP"],
        _ => &["-TERM", "-INT"],
    }
}

#[cfg(unix)]
fn end(mut child: Child, signal: &str) {
    kill(&child, signal);
    assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
    let mut rest = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "", "one line on stdout is all");
}

#[test]
#[cfg(unix)]
fn says_where_everything_is_and_cleans_up() {
    for signal in signals() {
        let (child, ready) = start(&[]);
        let text = |name: &str| ready[name].as_str().unwrap();
        let (key, ca) = (text("private_key"), text("ca"));
        assert!(
            std::fs::read_to_string(key)
                .unwrap()
                .starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        );
        assert!(
            std::fs::read_to_string(ca)
                .unwrap()
                .starts_with("-----BEGIN CERTIFICATE-----")
        );
        assert_eq!(text("api_key").len(), 36);
        for feed in ["public_feed", "private_feed"] {
            assert_eq!(ready[feed]["hostname"], "127.0.0.1");
            assert_eq!(ready[feed]["encrypted"], true);
            connect(ready[feed]["port"].as_u64().unwrap() as u16, None).unwrap();
        }
        let mut control = connect(port(text("control")), None).unwrap();
        assert_eq!(
            exchange_as("localhost", &mut control, "GET", "/orders", &[], "").unwrap(),
            (200, "[]".to_owned())
        );
        end(child, signal);
        assert!(!Path::new(key).exists() && !Path::new(ca).parent().unwrap().exists());
    }
}

#[test]
#[cfg(unix)]
fn takes_a_public_key_and_serves_plainly() {
    let path = public_key_file("serve");
    let (child, ready) = start(&[
        "--plain",
        "--public-key",
        path.to_str().unwrap(),
        "--api-key",
        "abc",
    ]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        (&ready["ca"], &ready["private_key"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(ready["api_key"], "abc");
    let mut rest = connect(port(ready["rest"].as_str().unwrap()), None).unwrap();
    assert_eq!(
        exchange(&mut rest, "GET", "/api/2", &[], "").unwrap().0,
        200
    );
    end(child, "-TERM");
}

fn public_key_file(name: &str) -> PathBuf {
    let name = format!("nordnet-sim-test-{name}-{}.pub", std::process::id());
    let path = std::env::temp_dir().join(name);
    let keys = nordnet_sim::KeyPair::from_seed(&[1; 32]);
    std::fs::write(&path, format!("{} me\n", keys.public())).unwrap();
    path
}

#[test]
fn refuses_what_it_does_not_know() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, code) in [
        (["--dialect", "colour=red"], 2),
        (["--public-key", "/nowhere.pub"], 1),
        (["--public-key", "Cargo.toml"], 1),
        (["--ca-out", "/nowhere/ca.pem"], 1),
        (["--listen", &taken], 1),
        (["run", "--no-such-option"], 2),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_nordnet-sim"))
            .arg("--quiet")
            .args(args)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(args[1]), "{error}");
        assert!(code == 2 || error.lines().count() == 1, "{error}");
    }
}

#[test]
fn explains_itself() {
    for (option, part) in [
        ("--help", "usage: nordnet-sim"),
        ("--version", "nordnet-sim 0."),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_nordnet-sim"))
            .arg(option)
            .output()
            .unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(String::from_utf8(output.stdout).unwrap().contains(part));
    }
}

/// Starts `nordnet-sim run` with a shell script as the program.
#[cfg(unix)]
fn run(options: &[&str], script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nordnet-sim"));
    command
        .arg("run")
        .args(options)
        .args(["--", "sh", "-c", script])
        .env("NORDNET_COUNTRY", "se")
        .env("NORDNET_PASSPHRASE_FILE", "passphrase")
        .env("NORDNET_CA_FILE", "stale.pem")
        .env("NORDNET_KEY_FILE", "own-key")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A group of its own is not in the foreground of any terminal, where
    // Ctrl-C would not be passed on.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

#[test]
#[cfg(unix)]
fn runs_a_program_against_itself() {
    let script = r#"
        test -z "$NORDNET_COUNTRY$NORDNET_PASSPHRASE_FILE" || exit 1
        grep -q 'OPENSSH PRIVATE KEY' "$NORDNET_KEY_FILE" || exit 2
        grep -q 'BEGIN CERTIFICATE' "$NORDNET_CA_FILE" || exit 3
        echo "$NORDNET_BASE_URL $NORDNET_SIM_CONTROL $NORDNET_API_KEY $NORDNET_KEY_FILE"
        exit 42"#;
    let output = run(&[], script).output().unwrap();
    assert_eq!(output.status.code(), Some(42));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "", "`run` is quiet");
    let told = String::from_utf8(output.stdout).unwrap();
    let told: Vec<&str> = told.split_whitespace().collect();
    let [rest, control, api_key, key] = told[..] else {
        panic!("{told:?}");
    };
    assert!(rest.starts_with("https://127.0.0.1:"));
    assert!(control.starts_with("http://127.0.0.1:"));
    assert_eq!(api_key.len(), 36);
    assert!(!Path::new(key).exists() && !Path::new(key).parent().unwrap().exists());
}

#[test]
#[cfg(unix)]
fn a_program_keeps_its_own_key_and_learns_of_no_certificate() {
    let path = public_key_file("run");
    let script = r#"echo "$NORDNET_KEY_FILE $NORDNET_PASSPHRASE_FILE $NORDNET_CA_FILE""#;
    let options = [
        "--plain",
        "--verbose",
        "--public-key",
        path.to_str().unwrap(),
    ];
    let output = run(&options, script).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told, "own-key passphrase \n");
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.starts_with("nordnet-sim "), "{log}");
}

#[test]
#[cfg(unix)]
fn ends_as_its_program_ends() {
    for (script, code) in [("kill -9 $$", 137), ("exit 0", 0), ("kill -TERM $$", 143)] {
        let output = run(&[], script).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{script}");
    }
    for (program, code) in [("/nowhere/client", 127), (env!("CARGO_MANIFEST_DIR"), 126)] {
        let output = Command::new(env!("CARGO_BIN_EXE_nordnet-sim"))
            .args(["run", program])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{program}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(program), "{error}");
    }
}

#[test]
#[cfg(unix)]
fn passes_signals_on_to_its_program() {
    for (signal, code) in signals().iter().zip([3, 4, 5]) {
        let script = "trap 'exit 3' TERM; trap 'exit 4' INT; trap 'exit 5' HUP
            echo \"$NORDNET_KEY_FILE\"; while :; do sleep 0.01; done";
        let mut child = run(&[], script).spawn().unwrap();
        let mut key = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut key)
            .unwrap();
        assert!(Path::new(key.trim()).exists());
        kill(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        assert!(!Path::new(key.trim()).exists());
    }
}

#[test]
#[cfg(unix)]
fn the_control_port_stays_on_loopback() {
    let (child, ready) = start(&["--listen", "0.0.0.0:0"]);
    let control = ready["control"].as_str().unwrap();
    assert!(control.starts_with("http://127.0.0.1:"), "{control}");
    assert!(
        ready["rest"]
            .as_str()
            .unwrap()
            .starts_with("https://0.0.0.0:")
    );
    end(child, "-TERM");
}
