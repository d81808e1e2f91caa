//! Fuzzes the reading of HTTP/1.1 responses.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(http1);
