//! Fuzzes the whole life of a feed.
#![cfg_attr(fuzzing, no_main)]
nordnet_fuzz::target!(feed_life);
