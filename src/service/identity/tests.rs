//! Who is one, by which facts.
