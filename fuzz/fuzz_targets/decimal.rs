//! Fuzzes the reading of numbers.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(decimal);
