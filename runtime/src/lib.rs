//! Programs that survive crashes.
