//! The attributes of `undying`.
