//! Who may use the control port: programs on this machine, and no web page.
//!
//! By DNS rebinding, a web page can make a browser send requests to loopback. `Host`
//! then has the name of the page; `Origin` and `Sec-Fetch-Site` say where the page is
//! from.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::exchange::Request;

use super::Refused;

/// Refuses a request that a page from elsewhere may have sent.
pub(super) fn check(request: &Request) -> Result<(), Refused> {
    let all = |name: &'static str| {
        let named = move |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        request
            .headers
            .iter()
            .filter(named)
            .map(|(_, value)| value.trim())
    };
    let refused = |name: &str, value: &str| {
        let advice =
            "the control port is for programs on this machine; ask 127.0.0.1, localhost or [::1]";
        Refused(403, format!("{advice}, not with {name} `{value}`"))
    };
    if all("host").next().is_none() {
        return Err(refused("host", ""));
    }
    if let Some(host) = all("host").find(|host| !is_loopback(host)) {
        return Err(refused("host", host));
    }
    let host = all("host").next().unwrap_or_default();
    let is_own = |origin: &str| {
        let origin = origin.strip_prefix("http://");
        origin.is_some_and(|origin| origin.eq_ignore_ascii_case(host))
    };
    if let Some(origin) = all("origin").find(|origin| !is_own(origin)) {
        return Err(refused("origin", origin));
    }
    let is_own = |site: &str| ["same-origin", "none"].contains(&site.to_lowercase().as_str());
    match all("sec-fetch-site").find(|site| !is_own(site)) {
        Some(site) => Err(refused("sec-fetch-site", site)),
        None => Ok(()),
    }
}

/// Returns `true` for a name or an address of loopback, with a port or without.
fn is_loopback(host: &str) -> bool {
    let (name, rest) = match host.strip_prefix('[') {
        Some(address) => match address.split_once(']') {
            Some((address, rest)) => {
                let address = address.parse::<Ipv6Addr>();
                (address.is_ok_and(|address| address.is_loopback()), rest)
            }
            None => return false,
        },
        None => {
            let end = host.find(':').unwrap_or(host.len());
            let (name, rest) = host.split_at(end);
            let address = name.parse::<Ipv4Addr>();
            let is_name = name.eq_ignore_ascii_case("localhost");
            (
                is_name || address.is_ok_and(|address| address.is_loopback()),
                rest,
            )
        }
    };
    let port = rest.strip_prefix(':');
    let is_port = |port: &str| port.parse::<u16>().is_ok() && !port.starts_with('+');
    name && (rest.is_empty() || port.is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(headers: &[(&str, &str)]) -> bool {
        let request = Request::new("GET", "/orders");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.with_header(name, value)
        });
        check(&request).is_ok()
    }

    #[test]
    fn only_names_and_addresses_of_loopback_are_hosts() {
        for host in [
            "localhost",
            "LocalHost:4003",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.9.9.9:65535",
            "[::1]",
            "[::1]:4003",
            "[0:0:0:0:0:0:0:1]",
        ] {
            assert!(may(&[("host", host)]), "{host}");
        }
        for host in [
            "",
            "sim",
            "evil.example",
            "evil.example:4003",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.localhost",
            "0.0.0.0",
            "10.0.0.1:4003",
            "[::]",
            "::1",
            "[::1",
            "[::1]4003",
            "[fe80::1]",
            "127.1",
            "127.0.0.1:",
            "127.0.0.1:x",
            "127.0.0.1:99999",
            "127.0.0.1:+80",
            "user@127.0.0.1",
            "127.0.0.1/x",
            "localhost:1:2",
            "localhost, evil.example",
        ] {
            assert!(!may(&[("host", host)]), "{host}");
        }
        assert!(!may(&[]));
        assert!(!may(&[("host", "localhost"), ("Host", "evil.example")]));
    }

    #[test]
    fn a_page_from_elsewhere_is_refused() {
        let with = |name, value| may(&[("host", "127.0.0.1:4003"), (name, value)]);
        assert!(with("origin", "http://127.0.0.1:4003"));
        for origin in [
            "null",
            "",
            "http://127.0.0.1",
            "http://127.0.0.1:3000",
            "http://localhost:4003",
            "https://127.0.0.1:4003",
            "https://evil.example",
            "http://localhost.evil.example",
            "http://evil.example:4003",
            "file://",
            "127.0.0.1",
            "http://127.0.0.1@evil.example",
        ] {
            assert!(!with("Origin", origin), "{origin}");
        }
        for site in ["same-origin", "Same-Origin", "none"] {
            assert!(with("sec-fetch-site", site), "{site}");
        }
        for site in ["cross-site", "Cross-Site", "same-site", ""] {
            assert!(!with("Sec-Fetch-Site", site), "{site}");
        }
    }
}
