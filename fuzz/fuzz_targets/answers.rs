//! Fuzzes the settling of HTTP answers.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(answers);
