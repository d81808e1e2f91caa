//! TLS settings: which certificates are trusted, and why one was refused.

use std::fmt;
use std::io;
use std::sync::Arc;

use nordnet_proto::{SetupError, TlsCause};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

/// Which certificate authorities are trusted.
#[derive(Clone, Debug)]
pub(crate) enum Trust {
    /// Those of Mozilla, built in.
    Mozilla,
    /// Only those of a PEM text.
    Own(Vec<u8>),
    /// Those of these settings, which are used as they are.
    Settings(Arc<ClientConfig>),
}

impl Trust {
    /// Returns the TLS settings.
    ///
    /// # Errors
    ///
    /// [`SetupError::Tls`] if the certificates cannot be used.
    pub(crate) fn into_config(self) -> Result<Arc<ClientConfig>, SetupError> {
        let roots = match self {
            Self::Mozilla => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
            Self::Own(pem) => own_roots(&pem)?,
            Self::Settings(config) => return Ok(config),
        };
        with_roots(roots)
    }
}

/// Returns sixteen random bytes from the crypto provider.
///
/// # Errors
///
/// [`SetupError::Tls`] if the provider has no randomness.
pub(crate) fn seed(config: &ClientConfig) -> Result<[u8; 16], SetupError> {
    let mut seed = [0; 16];
    match config.crypto_provider().secure_random.fill(&mut seed) {
        Ok(()) => Ok(seed),
        Err(_) => Err(SetupError::Tls(
            "no randomness from the crypto provider".into(),
        )),
    }
}

/// Returns why TLS failed; `None` if the error is not one of TLS.
pub(crate) fn cause(error: &io::Error) -> Option<TlsCause> {
    use CertificateError as E;
    Some(match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(error) => match error {
            E::NotValidForName | E::NotValidForNameContext { .. } => TlsCause::Name,
            E::Expired | E::ExpiredContext { .. } => TlsCause::Validity,
            E::NotValidYet | E::NotValidYetContext { .. } => TlsCause::Validity,
            E::UnknownIssuer => TlsCause::Issuer,
            _ => TlsCause::Other,
        },
        _ => TlsCause::Other,
    })
}

/// TLS 1.2 and 1.3 with ring. Neither a provider that the process has installed nor the
/// environment changes this.
fn with_roots(roots: RootCertStore) -> Result<Arc<ClientConfig>, SetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth())
        .map(Arc::new)
        .map_err(|error| SetupError::Tls(error.to_string()))
}

fn own_roots(pem: &[u8]) -> Result<RootCertStore, SetupError> {
    let broken = |error: &dyn fmt::Display| SetupError::Tls(error.to_string());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| broken(&error))?;
        roots.add(certificate).map_err(|error| broken(&error))?;
    }
    if roots.is_empty() {
        return Err(broken(&"the PEM text holds no certificate"));
    }
    Ok(roots)
}
