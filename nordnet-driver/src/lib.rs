//! What every runtime would otherwise write alike: a client, its calls and its feeds.
