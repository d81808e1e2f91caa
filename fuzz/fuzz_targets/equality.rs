//! Fuzzes the tiers of the decoder against each other.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(equality);
