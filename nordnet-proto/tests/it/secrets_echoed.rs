//! No secret shows that a server repeats: in any member, header or reason, as it
//! was sent or escaped, by any kind of call.

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use nordnet_proto::api::{
    GetAccountInfo, GetStatus, ListAccounts, ListOrders, Logout, SearchMain, StartLogin,
    TouchSession, VerifyLogin,
};
use nordnet_proto::{
    ActivateOrders, ApiKey, Cause, Config, Country, Endpoint, Failure, HttpRequest, HttpResponse,
    InSession, LoginStep, LoginTurn, OrderId, Session, SessionKey, Signature, to_request,
};

use crate::clock;
use crate::driver::{API_KEY, CHALLENGE, Reply, World, answer, logged_in, response, session_json};
use crate::login::{challenge, log_in};
use crate::order_calls::{ACCOUNT, cancel, place};

const KEY: &str = "Canary-9f31/c7e2a05b44d1";

/// How a text may come back.
fn forms(secret: &str) -> Vec<String> {
    let unicode: String = secret
        .bytes()
        .map(|byte| format!("\\u{byte:04x}"))
        .collect();
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    vec![
        secret.into(),
        secret.replace('/', "\\/"),
        secret.replace('/', "%2F"),
        unicode,
        percent,
    ]
}

/// Bodies and headers with a text in each place that an error can show.
fn answers(echo: &str) -> Vec<Result<HttpResponse, Failure>> {
    let html = [("content-type", "text/html")];
    let mut answers: Vec<_> = [
        format!(r#"{{"code":"{echo}","message":"a {echo} b"}}"#),
        format!(r#"{{"code":"A","message":"{echo}"}}"#),
        format!(r#"{{"message":{{"{echo}":1}}}}"#),
        format!(r#"[{{"{echo}":{{"accno":"{echo}"}}}},"{echo}",{{"accno":1,"accid":"{echo}"}}]"#),
        format!(r#"[{{"accno":1,"type":"{echo}","alias":"{echo}","default":"{echo}"}}]"#),
        format!(r#"{{"order_id":77,"result_code":"{echo}","message":"{echo}"}}"#),
        format!(r#"{{"order_id":"{echo}","result_code":"OK"}}"#),
        format!(r#"[{{"order_id":77,"result_code":"{echo}","message":"{echo}"}}]"#),
        format!(r#"{{"logged_in":"{echo}","challenge":"{echo}"}}"#),
        format!(r#"{{"{echo}":"#),
        format!("<html>{echo}"),
        format!("{}{echo}", "x".repeat(300)),
    ]
    .iter()
    .flat_map(|body| {
        [200, 302, 400, 401, 403, 404, 408, 429, 500, 503]
            .map(|status| Ok(response(status, body, &html)))
    })
    .collect();
    for status in [200, 302, 400, 401, 403, 404, 429, 503] {
        let kind = format!("text/{echo}");
        let headers = [
            ("content-type", &*kind),
            ("location", echo),
            ("retry-after", echo),
        ];
        answers.push(Ok(response(status, "<html>", &headers)));
        answers.push(Ok(response(status, "{", &headers)));
    }
    for detail in [format!("the certificate is for {echo}"), echo.to_owned()] {
        answers.push(Err(Failure::before_sending(Cause::Connect, &*detail)));
        answers.push(Err(Failure::after_sending(Cause::Protocol, detail)));
    }
    answers
}

/// What is masked in, and what must not show of it.
struct Echo {
    text: String,
    masked: usize,
}

impl Echo {
    fn check(&mut self, shown: &str, secrets: &[String]) {
        self.masked += shown.matches("***").count();
        for secret in secrets {
            assert!(!shown.contains(secret), "{}: {shown}", self.text);
        }
        assert!(!shown.contains(&self.text), "{shown}");
        // `Debug` doubles the backslashes.
        let doubled = self.text.replace('\\', "\\\\");
        assert!(!shown.contains(&doubled), "{shown}");
    }
}

fn session_secrets() -> Vec<String> {
    let basic = format!("{KEY}:{KEY}");
    vec![KEY.into(), STANDARD_NO_PAD.encode(basic)]
}

/// Sends a call in every way there is, and shows all that it gives.
fn shows<E: Endpoint<Response: Debug>>(echo: &mut Echo, call: impl Fn() -> E) {
    let secrets = session_secrets();
    for (index, _) in answers(&echo.text).iter().enumerate() {
        let again = || answers(&echo.text).swap_remove(index);
        let reply = |_: &HttpRequest| match again() {
            Ok(response) => Reply::Answer(response),
            Err(failure) => Reply::Failure(failure),
        };
        let now = clock::start();
        let config = Config::new(Country::Sweden);
        let mut world = World::of(Session::resume(config, logged_in(KEY), [7; 16], now), now);
        let result = world.run(call(), reply).result;
        let mut shown = format!("{result:?} {result:#?} {:?}", world.session);
        if let Err(error) = &result {
            shown += &format!("{error} {:?}", error.refusal());
        }
        shown += &format!("{:?}", world.session.unresolved());
        echo.check(&shown, &secrets);
    }
}

fn each_session_secret(test: impl Fn(&mut Echo)) {
    for secret in session_secrets() {
        for text in forms(&secret) {
            let mut echo = Echo { text, masked: 0 };
            test(&mut echo);
            assert!(echo.masked > 20, "{}: {}", echo.text, echo.masked);
        }
    }
}

#[test]
fn reads_and_lists_do_not_repeat_the_session_key() {
    each_session_secret(|echo| {
        shows(echo, ListAccounts::new);
        shows(echo, || ListOrders::of(ACCOUNT));
    });
    each_session_secret(|echo| shows(echo, || GetAccountInfo::of(ACCOUNT)));
    each_session_secret(|echo| shows(echo, || SearchMain::new("eric")));
    each_session_secret(|echo| shows(echo, GetStatus::new));
}

#[test]
fn orders_do_not_repeat_the_session_key() {
    each_session_secret(|echo| shows(echo, place));
    each_session_secret(|echo| shows(echo, cancel));
    each_session_secret(|echo| {
        shows(echo, || ActivateOrders::of(OrderId::new(1), ACCOUNT));
    });
}

#[test]
fn calls_about_the_session_do_not_repeat_its_key() {
    each_session_secret(|echo| {
        shows(echo, TouchSession::new);
        shows(echo, Logout::new);
    });
}

#[test]
fn an_http_client_of_ones_own_gets_masked_answers_too() {
    fn settle<E: Endpoint<Auth = InSession, Response: Debug> + Debug>(
        echo: &mut Echo,
        call: impl Fn() -> E,
    ) {
        let config = Config::new(Country::Sweden);
        for answer in answers(&echo.text) {
            let (_, sent) = to_request(call(), &config, &SessionKey::new(KEY)).unwrap();
            echo.check(&format!("{sent:?}"), &session_secrets());
            let result = sent.settle(answer);
            echo.check(&format!("{result:?}"), &session_secrets());
        }
    }
    each_session_secret(|echo| {
        settle(echo, ListAccounts::new);
        settle(echo, cancel);
    });
}

/// Logs in at a server that echoes at one of the two steps.
fn login_shows(echo: &mut Echo, secrets: &[String], verify: bool) {
    for (index, _) in answers(&echo.text).iter().enumerate() {
        let mut world = World::sweden();
        let LoginTurn::Drive(mut login) = world.session.poll_login(None, world.now) else {
            panic!("nobody is logged in");
        };
        for _ in 0..20 {
            let step = login.poll(world.now);
            echo.check(&format!("{step:?} {login:?}"), secrets);
            match step {
                LoginStep::Send(out) => {
                    let reply = match out.request.uri().path().ends_with("verify") == verify {
                        true => answers(&echo.text).swap_remove(index),
                        false => Ok(response(
                            200,
                            &format!(r#"{{"challenge":"{CHALLENGE}"}}"#),
                            &[],
                        )),
                    };
                    login.handle_answer(out.attempt, reply, world.now);
                }
                LoginStep::Wait(until) => world.now = until,
                LoginStep::Done(result) => {
                    if let Err(error) = result {
                        echo.check(&format!("{error} {:?}", error.refusal()), secrets);
                        world.session.handle_login(Err(error), world.now);
                    }
                    break;
                }
                step => panic!("{step:?}"),
            }
        }
        echo.check(&format!("{:?}", world.session), secrets);
    }
}

#[test]
fn logins_do_not_repeat_the_api_key_or_the_signature() {
    let signature = STANDARD.encode(crate::secrets::signature_by_the_plain_key(CHALLENGE));
    let secrets = [API_KEY.to_owned(), signature.trim_end_matches('=').into()];
    for secret in &secrets {
        for text in forms(secret) {
            for verify in [false, true] {
                // The signature does not exist before the second step.
                if secret != API_KEY && !verify {
                    continue;
                }
                let text = text.clone();
                let mut echo = Echo { text, masked: 0 };
                login_shows(&mut echo, &secrets, verify);
                assert!(echo.masked > 0, "{}", echo.text);
            }
        }
    }
}

#[test]
fn a_check_of_a_session_does_not_repeat_its_key() {
    each_session_secret(|echo| {
        echo.masked += 20;
        for (index, _) in answers(&echo.text).iter().enumerate() {
            let mut world = World::sweden();
            let text = session_json(KEY, "1800");
            let echoed = echo.text.clone();
            world.login_server = Box::new(move |request| {
                let reply = match (request.method().as_str(), request.uri().path()) {
                    ("PUT", _) => answers(&echoed).swap_remove(index),
                    (_, "/api/2/login/verify") => Ok(response(200, &text, &[])),
                    _ => Ok(response(
                        200,
                        &format!(r#"{{"challenge":"{CHALLENGE}"}}"#),
                        &[],
                    )),
                };
                match reply {
                    Ok(response) => Reply::Answer(response),
                    Err(failure) => Reply::Failure(failure),
                }
            });
            let epoch = world.log_in().unwrap().epoch;
            let LoginTurn::Drive(login) = world.session.poll_login(Some(epoch), world.now) else {
                panic!("a suspect session is checked");
            };
            let result = world.drive_login(login);
            let shown = format!("{result:?} {:?}", world.session);
            echo.check(&shown, &session_secrets());
        }
    });
}

#[test]
fn a_feed_host_does_not_repeat_the_session_key() {
    for host in [
        format!("{KEY}.nordnet.se"),
        format!("{}.evil.example", KEY.to_lowercase()),
        format!("{}.nordnet.se", STANDARD.encode(format!("{KEY}:{KEY}"))),
    ] {
        let body = session_json(KEY, "1800").replace("pub.next.nordnet.se", &host);
        let api_key = ApiKey::new(API_KEY).unwrap();
        let call = VerifyLogin::new("NEXTAPI".into(), api_key, Signature::from_bytes([7; 64]));
        let session = call.settle(Ok(response(200, &body, &[]))).unwrap();
        assert!(!format!("{session:?}").contains(&host));

        let (_, result) = log_in([challenge(CHALLENGE), answer(200, &body)]);
        let shown = format!("{0} {0:?}", result.unwrap_err());
        assert!(shown.contains("repeats the session key"), "{shown}");
        assert!(!shown.contains(&host), "{shown}");
    }
    let api_key = ApiKey::new(API_KEY).unwrap();
    let echoed = format!(r#"{{"code":"X","message":"no {API_KEY}"}}"#);
    let result = StartLogin::new(api_key).settle(Ok(response(400, &echoed, &[])));
    let shown = result.unwrap_err().to_string();
    assert!(shown.ends_with("no ***"), "{shown}");
}
