//! Scenarios, read from files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::settings::Settings;
use crate::trouble::Trouble;

/// The steps of a scenario, and what is seen of each.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name of its file, without the extension.
    pub name: String,
    pub(crate) settings: Settings,
    pub(crate) parts: Vec<Part>,
    path: PathBuf,
    text: String,
}

/// A line of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A comment, a setting or an empty line.
    Other(String),
    /// A step; what is seen of it is on the lines below.
    Step(String),
}

/// The indentation of what was seen.
const INDENT: &str = "  ";

impl Scenario {
    /// Reads all scenarios, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`Trouble`] names the file and the line that cannot be read.
    pub fn all() -> Result<Vec<Self>, Trouble> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let trouble = |error| Trouble::new(format!("{}: {error}", folder.display()));
        let mut paths = Vec::new();
        for entry in fs::read_dir(&folder).map_err(trouble)? {
            paths.push(entry.map_err(trouble)?.path());
        }
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Result<Self, Trouble> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| Trouble::new(format!("{name}: {error}")))?;
        let mut settings = Settings::default();
        let mut parts = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with(INDENT) {
                continue;
            }
            let is_step = !line.is_empty() && !line.starts_with('#') && {
                let taken = settings.take(line);
                !taken.map_err(|error| Trouble::new(format!("{name}:{}: {error}", index + 1)))?
            };
            parts.push(match is_step {
                true => Part::Step(line.into()),
                false => Part::Other(line.into()),
            });
        }
        Ok(Self {
            name: name.into_owned(),
            settings,
            parts,
            path: path.into(),
            text,
        })
    }

    /// Compares a transcript with the file.
    ///
    /// # Errors
    ///
    /// [`Trouble`] shows the first line that differs, in both.
    pub fn compare(&self, transcript: &str) -> Result<(), Trouble> {
        if transcript == self.text {
            return Ok(());
        }
        let mut expected = self.text.lines();
        let mut seen = transcript.lines();
        let mut number = 1;
        let (wanted, got) = loop {
            match (expected.next(), seen.next()) {
                (Some(one), Some(other)) if one == other => number += 1,
                (one, other) => break (one, other),
            }
        };
        let end = "(the end)";
        let (wanted, got) = (wanted.unwrap_or(end), got.unwrap_or(end));
        let context: Vec<_> = std::iter::once(got).chain(seen.take(4)).collect();
        Err(Trouble::new(format!(
            "line {number} should be\n    {wanted}\nbut from there on it is\n    {}",
            context.join("\n    ")
        )))
    }

    /// Writes a transcript to the file.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if the file cannot be written.
    pub fn accept(&self, transcript: &str) -> Result<(), Trouble> {
        fs::write(&self.path, transcript)
            .map_err(|error| Trouble::new(format!("{}: {error}", self.path.display())))
    }
}

/// The lines of a scenario, with what was seen.
#[derive(Debug, Default)]
pub(crate) struct Transcript(String);

impl Transcript {
    pub(crate) fn write(&mut self, line: &str) {
        self.0 += line;
        self.0 += "\n";
    }

    pub(crate) fn saw(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.write(&format!("{INDENT}{line}"));
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
