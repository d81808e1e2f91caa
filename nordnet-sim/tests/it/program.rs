use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::client::{connect, exchange, port};

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
fn end(mut child: Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
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
    for signal in ["-TERM", "-INT"] {
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
            exchange(&mut control, "GET", "/orders", &[], "").unwrap(),
            (200, "[]".to_owned())
        );
        end(child, signal);
        assert!(!Path::new(key).exists() && !Path::new(ca).parent().unwrap().exists());
    }
}

#[test]
#[cfg(unix)]
fn takes_a_public_key_and_serves_plainly() {
    let path = std::env::temp_dir().join(format!("nordnet-sim-test-{}.pub", std::process::id()));
    let keys = nordnet_sim::KeyPair::from_seed(&[1; 32]);
    std::fs::write(&path, format!("{} me\n", keys.public())).unwrap();
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

#[test]
fn refuses_what_it_does_not_know() {
    for (args, code) in [
        (["--dialect", "colour=red"], 2),
        (["--public-key", "/nowhere.pub"], 1),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_nordnet-sim"))
            .args(args)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8(output.stderr).unwrap().contains(args[1]));
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
