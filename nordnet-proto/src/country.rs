//! Which hosts a client talks to, and which it refuses.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;
use serde::Deserialize;

use crate::error_traits::error_traits;
use crate::lenient_int;

/// The country of the customer, which decides the host: a customer of one
/// country cannot log in at the host of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Country {
    /// Sweden, `public.nordnet.se`.
    Sweden,
    /// Norway, `public.nordnet.no`.
    Norway,
    /// Denmark, `public.nordnet.dk`.
    Denmark,
    /// Finland, `public.nordnet.fi`.
    Finland,
}

impl Country {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Sweden, Self::Norway, Self::Denmark, Self::Finland];

    /// The two-letter code: `se`, `no`, `dk` or `fi`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sweden => "se",
            Self::Norway => "no",
            Self::Denmark => "dk",
            Self::Finland => "fi",
        }
    }

    /// The host of the REST API, such as `public.nordnet.se`.
    #[must_use]
    pub const fn host(self) -> &'static str {
        match self {
            Self::Sweden => "public.nordnet.se",
            Self::Norway => "public.nordnet.no",
            Self::Denmark => "public.nordnet.dk",
            Self::Finland => "public.nordnet.fi",
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Country {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        Self::ALL
            .into_iter()
            .find(|country| country.code().eq_ignore_ascii_case(text))
            .ok_or_else(|| {
                // A longer text may be something that is not to be shown.
                let shown = if text.len() <= 3 { text } else { "…" };
                HostError::new("is no country of Nordnet; use se, no, dk or fi", shown)
            })
    }
}

/// Where the REST API is: the host of a country, or a simulator.
///
/// ```
/// use nordnet_proto::{BaseUrl, Country};
///
/// assert_eq!(BaseUrl::from(Country::Sweden).to_string(), "https://public.nordnet.se");
/// assert!("http://127.0.0.1:8080".parse::<BaseUrl>().is_ok());
/// assert!("http://public.nordnet.se".parse::<BaseUrl>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    server: Server,
    overridden: bool,
}

impl BaseUrl {
    /// The host, port and transport of the REST API.
    #[must_use]
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// Decides whether a session key may be sent to a feed that a login named.
    ///
    /// Nordnet's own feeds are below `nordnet.{se,no,dk,fi}` and encrypted.
    /// With an overridden base URL its host and loopback are accepted too, and
    /// plain text on loopback only.
    ///
    /// # Errors
    ///
    /// [`HostError`] names the host and the rule.
    pub fn admit(&self, feed: &Server) -> Result<(), HostError> {
        let own = self.overridden
            && (feed.is_loopback() || feed.hostname.eq_ignore_ascii_case(&self.server.hostname));
        if !own && !is_below_nordnet(&feed.hostname) {
            return Err(HostError::new("is no feed host of Nordnet", &feed.hostname));
        }
        let may_be_plain = own && feed.is_loopback();
        if !feed.encrypted && !may_be_plain {
            return Err(HostError::new(
                "offers a feed without encryption",
                &feed.hostname,
            ));
        }
        Ok(())
    }

    /// The value of the `Host` header: the port only where it is unusual.
    pub(crate) fn authority(&self) -> String {
        let Server {
            hostname,
            port,
            encrypted,
        } = &self.server;
        let host = match hostname.parse::<IpAddr>() {
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            _ => hostname.clone(),
        };
        match (port, encrypted) {
            (443, true) | (80, false) => host,
            _ => format!("{host}:{port}"),
        }
    }
}

fn is_below_nordnet(hostname: &str) -> bool {
    let hostname = hostname.to_ascii_lowercase();
    Country::ALL.into_iter().any(|country| {
        hostname
            .strip_suffix(country.code())
            .and_then(|rest| rest.strip_suffix(".nordnet."))
            .is_some_and(|labels| labels.split('.').all(is_label))
    })
}

fn is_label(label: &str) -> bool {
    let inner = label
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

impl From<Country> for BaseUrl {
    fn from(country: Country) -> Self {
        Self {
            server: Server::new(country.host(), 443, true),
            overridden: false,
        }
    }
}

impl FromStr for BaseUrl {
    type Err = HostError;

    /// Reads the address of a simulator, such as `https://127.0.0.1:40123`.
    fn from_str(text: &str) -> Result<Self, HostError> {
        let wrong = |rule| HostError::new(rule, text);
        let uri: Uri = text.parse().map_err(|_| wrong("is no URL"))?;
        let encrypted = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(wrong("must begin with https://")),
        };
        let authority = uri.authority().ok_or_else(|| wrong("names no host"))?;
        if authority.as_str().contains('@') {
            // The text is not shown: it holds a password.
            let host = authority.host();
            return Err(HostError::new(
                "must not come with a user name or password",
                host,
            ));
        }
        if !matches!(uri.path().trim_end_matches('/'), "" | "/api/2") || uri.query().is_some() {
            return Err(wrong("must be a scheme, a host and a port only"));
        }
        let hostname = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        let port = authority
            .port_u16()
            .unwrap_or(if encrypted { 443 } else { 80 });
        let server = Server::new(hostname, port, encrypted);
        if hostname.is_empty() || port == 0 {
            return Err(wrong("names no host or port"));
        }
        if !encrypted && !server.is_loopback() {
            return Err(wrong(
                "must begin with https:// (plain text only on loopback)",
            ));
        }
        Ok(Self {
            server,
            overridden: true,
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.server.encrypted {
            "https"
        } else {
            "http"
        };
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// One end point of the network: a host, a port, and whether TLS is used.
///
/// Mirrors the feed addresses in the answer of `POST /login/verify`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Server {
    /// The host name, also the name that the certificate must bear.
    pub hostname: String,
    /// The TCP port.
    #[serde(deserialize_with = "lenient_int::required")]
    pub port: u16,
    /// Whether the connection uses TLS.
    pub encrypted: bool,
}

impl Server {
    /// Names a host, a port, and whether the connection uses TLS.
    #[must_use]
    pub fn new(hostname: impl Into<String>, port: u16, encrypted: bool) -> Self {
        Self {
            hostname: hostname.into(),
            port,
            encrypted,
        }
    }

    /// Whether the host is this very machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.hostname.eq_ignore_ascii_case("localhost")
            || self
                .hostname
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.hostname, self.port)
    }
}

/// A host, country or base URL that this client does not talk to.
#[derive(Clone, PartialEq, Eq)]
pub struct HostError {
    rule: &'static str,
    text: String,
}

impl HostError {
    pub(crate) fn new(rule: &'static str, text: &str) -> Self {
        Self {
            rule,
            text: text.into(),
        }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.text, self.rule)
    }
}

error_traits!(HostError);

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(hostname: &str, encrypted: bool) -> Server {
        Server::new(hostname, 443, encrypted)
    }

    #[test]
    fn nordnet_admits_only_its_own_encrypted_feeds() {
        let base = BaseUrl::from(Country::Sweden);
        for host in [
            "priv.next.nordnet.se",
            "pub.next.prod.nordnet.se",
            "PUB.next.nordnet.FI",
            "a.nordnet.no",
        ] {
            assert_eq!(base.admit(&feed(host, true)), Ok(()), "{host}");
            assert!(
                base.admit(&feed(host, false)).is_err(),
                "{host} in plain text"
            );
        }
        for host in [
            "evil.nordnet.se.attacker.tld",
            "xnordnet.se",
            "nordnet.se",
            "pub.nordnet.se.",
            "..nordnet.se",
            "a.nordnet.com",
            "127.0.0.1",
            "localhost",
            "",
            "a b.nordnet.se",
            "-a.nordnet.se",
            "user@pub.nordnet.se",
        ] {
            assert!(base.admit(&feed(host, true)).is_err(), "{host}");
        }
    }

    #[test]
    fn an_overridden_base_admits_its_host_and_loopback() {
        let base: BaseUrl = "https://sim.example:8443".parse().unwrap();
        assert!(base.admit(&feed("SIM.example", true)).is_ok());
        assert!(base.admit(&feed("sim.example", false)).is_err());
        assert!(base.admit(&feed("127.0.0.1", false)).is_ok());
        assert!(base.admit(&feed("::1", true)).is_ok());
        assert!(base.admit(&feed("other.example", true)).is_err());
    }

    #[test]
    fn a_base_url_is_a_scheme_a_host_and_a_port() {
        for (text, printed) in [
            ("https://127.0.0.1:40123", "https://127.0.0.1:40123"),
            ("https://127.0.0.1:40123/", "https://127.0.0.1:40123"),
            ("https://localhost/api/2", "https://localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().to_string(), printed);
        }
        for text in [
            "",
            "127.0.0.1:1",
            "ftp://localhost",
            "http://example.com",
            "https://u:p@localhost",
            "https://localhost/other",
            "https://localhost?x=1",
            "http://127.0.0.1.evil.tld",
        ] {
            assert!(text.parse::<BaseUrl>().is_err(), "{text}");
        }
    }
}
