//! What a client needs to find and to trust the simulator.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use nordnet_sim::{FeedAddress, Server};
use serde_json::json;

use crate::folder::Folder;

/// The files of the client, and the folder that goes at the end.
pub(crate) struct Files {
    ca: Option<PathBuf>,
    private_key: Option<PathBuf>,
    _folder: Option<Folder>,
}

impl Files {
    pub(crate) fn write(server: &Server, ca_out: Option<&Path>) -> io::Result<Self> {
        let key = server.private_key();
        let own_ca = server.ca_pem().filter(|_| ca_out.is_none());
        let folder = (key.is_some() || own_ca.is_some())
            .then(Folder::new)
            .transpose()?;
        let put = |name: &str, content: &str| {
            folder
                .as_ref()
                .map(|folder| folder.write(name, content))
                .transpose()
        };
        let private_key = match key {
            Some(key) => put("id_ed25519", &key)?,
            None => None,
        };
        let ca = match (server.ca_pem(), ca_out) {
            (None, _) => None,
            (Some(pem), Some(path)) => {
                fs::write(path, pem).map_err(|error| about(path, &error))?;
                Some(path.to_owned())
            }
            (Some(pem), None) => put("ca.pem", pem)?,
        };
        Ok(Self {
            ca,
            private_key,
            _folder: folder,
        })
    }

    /// Returns the line that says where everything is.
    pub(crate) fn describe(&self, server: &Server) -> String {
        let feed = |address: &FeedAddress| {
            format!(
                r#"{{"hostname":{},"port":{},"encrypted":{}}}"#,
                json!(address.hostname),
                address.port,
                address.encrypted,
            )
        };
        // Written out, because a map would put the members into another order.
        format!(
            r#"{{"rest":{},"api_key":{},"ca":{},"private_key":{},"control":{},"public_feed":{},"private_feed":{}}}"#,
            json!(server.rest_url()),
            json!(server.api_key()),
            json!(self.ca),
            json!(self.private_key),
            json!(server.control_url()),
            feed(server.public_feed()),
            feed(server.private_feed()),
        )
    }

    /// Tells a program where everything is, and takes away what would lead it
    /// to Nordnet itself.
    pub(crate) fn tell(&self, server: &Server, command: &mut Command) -> io::Result<()> {
        command
            .env("NORDNET_BASE_URL", server.rest_url())
            .env("NORDNET_API_KEY", server.api_key())
            .env("NORDNET_SIM_CONTROL", server.control_url())
            .env_remove("NORDNET_COUNTRY");
        match &self.ca {
            // The program may go to another folder before it reads the file.
            Some(ca) => command.env("NORDNET_CA_FILE", std::path::absolute(ca)?),
            None => command.env_remove("NORDNET_CA_FILE"),
        };
        // With a key of the caller's own, its file and passphrase are the caller's affair.
        if let Some(key) = &self.private_key {
            command
                .env("NORDNET_KEY_FILE", key)
                .env_remove("NORDNET_PASSPHRASE_FILE");
        }
        Ok(())
    }
}

/// Says which file an error is about.
pub(crate) fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
