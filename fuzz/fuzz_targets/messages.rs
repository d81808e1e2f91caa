//! Fuzzes the reading of feed messages.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(messages);
