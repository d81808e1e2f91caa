//! Files through a fuzzed function, on stable.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Calls a function with each file named on the command line, or with its
/// seeds if none is.
#[must_use]
pub fn replay(name: &str, body: fn(&[u8])) -> ExitCode {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let replayed = if files.is_empty() {
        replay_seeds(name, body)
    } else {
        replay_files(&files, body)
    };
    match replayed {
        Ok(count) => {
            println!("{name}: {count} files, no finding");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The content of files one behind the other, or of the seeds of a target if there
/// are none.
///
/// # Errors
///
/// A folder or file that cannot be read.
pub fn lines_of(name: &str, files: Vec<PathBuf>) -> io::Result<Vec<u8>> {
    let files = if files.is_empty() {
        seeds(name)?
    } else {
        files
    };
    let mut text = Vec::new();
    for file in files {
        text.extend(std::fs::read(file)?);
        text.push(b'\n');
    }
    Ok(text)
}

/// Calls a function with each of its seeds; how many there are.
///
/// # Errors
///
/// A folder or file that cannot be read.
pub fn replay_seeds(name: &str, body: fn(&[u8])) -> io::Result<usize> {
    replay_files(&seeds(name)?, body)
}

fn seeds(name: &str) -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(name);
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

fn replay_files(files: &[PathBuf], body: fn(&[u8])) -> io::Result<usize> {
    for file in files {
        body(&std::fs::read(file)?);
    }
    Ok(files.len())
}
