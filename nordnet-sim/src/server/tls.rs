//! A certificate authority for one run.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// A certificate authority and the certificate that it has made.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) ca_pem: String,
    pub(super) ca_der: Vec<u8>,
    leaf: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    /// Makes an authority and a certificate for loopback and `hostname`.
    pub(super) fn new(hostname: &str) -> io::Result<Self> {
        Self::make(hostname).map_err(io::Error::other)
    }

    fn make(hostname: &str) -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "nordnet-sim");
        let ca_key = KeyPair::generate()?;
        let ca = params.self_signed(&ca_key)?;

        let mut names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        if !names.iter().any(|name| name == hostname) {
            names.push(hostname.to_owned());
        }
        let mut leaf = CertificateParams::new(names)?;
        leaf.distinguished_name
            .push(DnType::CommonName, "nordnet-sim server");
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let leaf = leaf.signed_by(&key, &Issuer::new(params, &ca_key))?;
        Ok(Self {
            ca_pem: ca.pem(),
            ca_der: ca.der().to_vec(),
            leaf: leaf.der().clone(),
            key: key.serialize_der(),
        })
    }

    /// Returns what turns a TCP connection into a TLS one.
    pub(super) fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![self.leaf.clone()], key)
            })
            .map_err(io::Error::other)?;
        // An early answer goes out with the handshake.
        config.send_half_rtt_data = true;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Returns random bytes that nobody can guess.
pub(super) fn random_bytes() -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| io::Error::other("no random bytes"))?;
    Ok(bytes)
}

/// The provider is named here, never taken from the process: a program may
/// have installed another one, or none.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
