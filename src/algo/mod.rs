//! Pure, deterministic functions over the network.
