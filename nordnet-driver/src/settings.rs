//! Settings from environment variables.

use std::env::{self, VarError};
use std::fmt;
use std::path::PathBuf;

use nordnet_proto::{ApiKey, BaseUrl, Country, SetupError};

/// The settings of a client, from environment variables.
///
/// | variable | what it holds |
/// |---|---|
/// | `NORDNET_COUNTRY` | `se`, `no`, `dk` or `fi`: where the account is |
/// | `NORDNET_API_KEY` | the API key, a UUID from the profile page |
/// | `NORDNET_KEY_FILE` | the path of the private key file |
/// | `NORDNET_PASSPHRASE_FILE` | the path of a file with the passphrase, if the key has one |
/// | `NORDNET_BASE_URL` | the address of a simulator, instead of `NORDNET_COUNTRY` |
/// | `NORDNET_CA_FILE` | the certificate authority of the simulator, in PEM; only with `NORDNET_BASE_URL` |
///
/// Secrets come in files, never on a command line, where everybody on the
/// machine can read them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where the REST API is.
    pub base_url: BaseUrl,
    /// The API key.
    pub api_key: ApiKey,
    /// Where the private key is.
    pub key_file: PathBuf,
    /// Where its passphrase is.
    pub passphrase_file: Option<PathBuf>,
    /// Where the certificate authority of a simulator is.
    pub ca_file: Option<PathBuf>,
}

/// All variables that are read.
const VARIABLES: [&str; 6] = [
    "NORDNET_COUNTRY",
    "NORDNET_API_KEY",
    "NORDNET_KEY_FILE",
    "NORDNET_PASSPHRASE_FILE",
    "NORDNET_BASE_URL",
    "NORDNET_CA_FILE",
];

impl Settings {
    /// Reads the settings from the environment of the process. A value that is not
    /// Unicode counts as none.
    ///
    /// # Errors
    ///
    /// As [`Settings::from_vars`].
    pub fn from_env() -> Result<Self, SetupError> {
        for variable in VARIABLES {
            if let Err(VarError::NotUnicode(_)) = env::var(variable) {
                let reason = "it is not valid UTF-8".into();
                return Err(SetupError::Invalid { variable, reason });
            }
        }
        Self::from_vars(|name| env::var(name).ok())
    }

    /// Reads the settings from a function that returns the value of a variable by its
    /// name. An empty value counts as none.
    ///
    /// # Errors
    ///
    /// [`SetupError`] names the variable and what it should hold.
    ///
    /// ```
    /// use nordnet_driver::Settings;
    ///
    /// let settings = Settings::from_vars(|name| match name {
    ///     "NORDNET_COUNTRY" => Some("dk".into()),
    ///     "NORDNET_API_KEY" => Some("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35".into()),
    ///     "NORDNET_KEY_FILE" => Some("/home/me/.ssh/nordnet_ed25519".into()),
    ///     _ => None,
    /// })?;
    /// assert_eq!(settings.base_url.to_string(), "https://public.nordnet.dk");
    /// # Ok::<(), nordnet_proto::SetupError>(())
    /// ```
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, SetupError> {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        let required =
            |variable, meaning| var(variable).ok_or(SetupError::Missing { variable, meaning });
        let invalid = |variable, error: &dyn fmt::Display| SetupError::Invalid {
            variable,
            reason: error.to_string(),
        };
        let path = |variable| match var(variable) {
            Some(value) if value.contains(['\n', '\r']) || value.contains("-----BEGIN") => {
                let reason = "it holds a secret; give the path of a file that does".into();
                Err(SetupError::Invalid { variable, reason })
            }
            value => Ok(value.map(PathBuf::from)),
        };
        let overridden = var("NORDNET_BASE_URL");
        if overridden.is_some() && var("NORDNET_COUNTRY").is_some() {
            let reason = "NORDNET_COUNTRY is set too; unset the one that you do not mean";
            return Err(invalid("NORDNET_BASE_URL", &reason));
        }
        let ca_file = path("NORDNET_CA_FILE")?;
        if ca_file.is_some() && overridden.is_none() {
            let reason = "it is for a simulator; unset it, or set NORDNET_BASE_URL \
                          instead of NORDNET_COUNTRY";
            return Err(invalid("NORDNET_CA_FILE", &reason));
        }
        let base_url = match overridden {
            Some(url) => url
                .parse::<BaseUrl>()
                .map_err(|error| invalid("NORDNET_BASE_URL", &error))?,
            None => required("NORDNET_COUNTRY", "se, no, dk or fi: where your account is")?
                .parse::<Country>()
                .map_err(|error| invalid("NORDNET_COUNTRY", &error))?
                .into(),
        };
        let api_key = required("NORDNET_API_KEY", "the UUID from your Nordnet profile page")?;
        let api_key = ApiKey::new(&api_key).map_err(|error| invalid("NORDNET_API_KEY", &error))?;
        let key_file = path("NORDNET_KEY_FILE")?.ok_or(SetupError::Missing {
            variable: "NORDNET_KEY_FILE",
            meaning: "the path of your private key file (ssh-keygen -t ed25519 -a 150)",
        })?;
        Ok(Self {
            base_url,
            api_key,
            key_file,
            passphrase_file: path("NORDNET_PASSPHRASE_FILE")?,
            ca_file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: (&str, &str) = ("NORDNET_API_KEY", "7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35");
    const FILE: (&str, &str) = ("NORDNET_KEY_FILE", "k");

    fn read(vars: &[(&str, &str)]) -> Result<Settings, SetupError> {
        Settings::from_vars(|name| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn a_base_url_replaces_the_country_and_admits_a_ca() {
        let url = ("NORDNET_BASE_URL", "https://127.0.0.1:1");
        let ca = ("NORDNET_CA_FILE", "ca.pem");
        let settings = read(&[KEY, FILE, url, ca]).unwrap();
        assert_eq!(settings.ca_file, Some("ca.pem".into()));
    }

    #[test]
    fn a_ca_beside_a_country_is_refused() {
        let country = ("NORDNET_COUNTRY", "fi");
        let error = read(&[KEY, FILE, country, ("NORDNET_CA_FILE", "ca.pem")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "NORDNET_CA_FILE: it is for a simulator; unset it, \
             or set NORDNET_BASE_URL instead of NORDNET_COUNTRY"
        );
        let settings = read(&[KEY, FILE, country, ("NORDNET_CA_FILE", "")]).unwrap();
        assert_eq!(
            (settings.base_url, settings.ca_file),
            (Country::Finland.into(), None)
        );
    }

    #[test]
    fn names_the_variable_that_is_missing_or_wrong() {
        for (vars, text) in [
            (&[KEY, FILE][..], "NORDNET_COUNTRY is not set"),
            (
                &[("NORDNET_COUNTRY", "de"), KEY, FILE],
                "NORDNET_COUNTRY: \"de\" is no country",
            ),
            (
                &[("NORDNET_COUNTRY", "se"), FILE],
                "NORDNET_API_KEY is not set",
            ),
            (
                &[("NORDNET_COUNTRY", "se"), KEY, ("NORDNET_KEY_FILE", "")],
                "NORDNET_KEY_FILE is not set",
            ),
            (
                &[("NORDNET_BASE_URL", "http://a.se"), KEY, FILE],
                "NORDNET_BASE_URL: ",
            ),
        ] {
            let error = read(vars).unwrap_err().to_string();
            assert!(error.starts_with(text), "{error}");
        }
    }

    #[test]
    fn a_secret_in_place_of_a_path_is_not_shown() {
        let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n";
        let country = ("NORDNET_COUNTRY", "se");
        for vars in [
            &[country, KEY, ("NORDNET_KEY_FILE", key)][..],
            &[country, KEY, FILE, ("NORDNET_PASSPHRASE_FILE", key)],
            &[("NORDNET_COUNTRY", KEY.1), KEY, FILE],
            &[country, ("NORDNET_API_KEY", "deadbeef-52c3"), FILE],
        ] {
            let error = read(vars).unwrap_err();
            let shown = format!("{error} {error:?}");
            for secret in [
                "b3Blb",
                "deadbeef",
                "7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35\" is",
            ] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }

    #[test]
    fn a_country_and_a_simulator_at_once_are_refused() {
        let url = ("NORDNET_BASE_URL", "https://127.0.0.1:1");
        let error = read(&[("NORDNET_COUNTRY", "se"), url, KEY, FILE]).unwrap_err();
        assert!(
            error.to_string().contains("NORDNET_COUNTRY is set too"),
            "{error}"
        );
    }
}
