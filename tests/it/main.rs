//! t

mod known_answers;
