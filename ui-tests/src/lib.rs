//! The language reference of undying lives in `accept/` and `refuse/`.
