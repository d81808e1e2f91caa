//! Fuzzes the commands of a client.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(commands);
