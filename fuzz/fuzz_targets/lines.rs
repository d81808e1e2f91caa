//! Fuzzes the splitting of a stream into lines.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(lines);
