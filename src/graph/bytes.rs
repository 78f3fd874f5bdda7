//! Rows as bytes and back, so that what was computed once is read again and not computed again.
//!
//! Every list is its length and its items, little end first. Whoever keeps the bytes sees to it that
//! they come back as they were (`store/snapshot.rs`, by a hash); here a length that cannot be is
//! refused before anything is allocated.

use std::io::{Error, ErrorKind, Read, Result, Write};

use super::{Cost, Entry, Network, base::Base};
use crate::model::PersonId;

/// How many bytes go through the hands at a time.
const CHUNK: usize = 64 * 1024;

/// What takes the same number of bytes whatever its value.
pub trait Plain: Sized {
    /// How many bytes it takes.
    const WIDTH: usize;

    /// Writes it into just so many bytes.
    fn put(&self, into: &mut [u8]);

    /// Reads it from just so many bytes; nothing where they are none of its values.
    fn take(from: &[u8]) -> Option<Self>;
}

/// Numbers that know their bytes.
macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Plain for $number {
            const WIDTH: usize = size_of::<$number>();

            fn put(&self, into: &mut [u8]) {
                into.copy_from_slice(&self.to_le_bytes());
            }

            fn take(from: &[u8]) -> Option<Self> {
                Some(Self::from_le_bytes(from.try_into().ok()?))
            }
        }
    )+};
}

numbers!(u32, u64, u128, i32, f32, f64);

impl Plain for PersonId {
    const WIDTH: usize = 16;

    fn put(&self, into: &mut [u8]) {
        self.value().put(into);
    }

    fn take(from: &[u8]) -> Option<Self> {
        u128::take(from).map(Self::new)
    }
}

impl Plain for Entry {
    const WIDTH: usize = 8;

    fn put(&self, into: &mut [u8]) {
        self.cost.units().put(&mut into[..4]);
        self.node.put(&mut into[4..]);
    }

    fn take(from: &[u8]) -> Option<Self> {
        let cost = Cost::from_units(u32::take(&from[..4])?);
        Some(Self { cost, node: u32::take(&from[4..])? })
    }
}

/// Writes a list.
///
/// # Errors
/// What the writer says.
pub fn put_list<T: Plain>(to: &mut dyn Write, items: &[T]) -> Result<()> {
    to.write_all(&(items.len() as u64).to_le_bytes())?;
    let together = (CHUNK / T::WIDTH).max(1);
    let mut bytes = vec![0; together * T::WIDTH];
    for items in items.chunks(together) {
        let bytes = &mut bytes[..items.len() * T::WIDTH];
        for (item, into) in items.iter().zip(bytes.chunks_exact_mut(T::WIDTH)) {
            item.put(into);
        }
        to.write_all(bytes)?;
    }
    Ok(())
}

/// Where lists are read from, and how many bytes are left there.
pub struct Source<'a> {
    from: &'a mut dyn Read,
    left: u64,
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<'a> Source<'a> {
    /// So many bytes of a reader.
    pub fn new(from: &'a mut dyn Read, left: u64) -> Self {
        Self { from, left }
    }

    /// Whether all was read.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Reads a list.
    ///
    /// # Errors
    /// `InvalidData` for a length that cannot be, or bytes that are no value; else what the reader
    /// says.
    pub fn take_list<T: Plain>(&mut self) -> Result<Vec<T>> {
        let [length] = self.take_items::<u64>(1)?[..] else { return Err(damaged()) };
        let fits = length.checked_mul(T::WIDTH as u64).is_some_and(|bytes| bytes <= self.left);
        if fits { self.take_items(length as usize) } else { Err(damaged()) }
    }

    fn take_items<T: Plain>(&mut self, count: usize) -> Result<Vec<T>> {
        let mut items = Vec::with_capacity(count);
        let together = (CHUNK / T::WIDTH).max(1);
        let mut bytes = vec![0; together * T::WIDTH];
        while items.len() < count {
            let bytes = &mut bytes[..together.min(count - items.len()) * T::WIDTH];
            self.from.read_exact(bytes)?;
            self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(damaged)?;
            for one in bytes.chunks_exact(T::WIDTH) {
                items.push(T::take(one).ok_or_else(damaged)?);
            }
        }
        Ok(items)
    }
}

/// What bytes are that do not come from here.
pub fn damaged() -> Error {
    Error::new(ErrorKind::InvalidData, "the bytes are damaged")
}

impl Network {
    /// Writes the network; what overlays changed in it is not written.
    ///
    /// # Errors
    /// What the writer says.
    pub fn put_base(&self, to: &mut dyn Write) -> Result<()> {
        self.base().put(to)
    }

    /// Reads a network that was written.
    ///
    /// # Errors
    /// `InvalidData` where the bytes make no network; else what the reader says.
    pub fn take_base(from: &mut Source<'_>) -> Result<Self> {
        Base::take(from).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was() {
        let lists: [Vec<f32>; 3] = [vec![], vec![0.5], (0..100_000).map(|n| n as f32).collect()];
        let mut bytes = Vec::new();
        for list in &lists {
            put_list(&mut bytes, list).unwrap();
        }
        let mut rest = bytes.as_slice();
        let mut source = Source::new(&mut rest, bytes.len() as u64);
        for list in lists {
            assert_eq!(source.take_list::<f32>().unwrap(), list);
        }
        assert!(source.is_empty());
    }

    #[test]
    fn a_length_that_cannot_be_is_refused_before_anything_is_allocated() {
        for length in [2_u64, 1 << 40, u64::MAX] {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.extend([0; 7]);
            let error = Source::new(&mut bytes.as_slice(), 15).take_list::<u32>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData, "{length}");
        }
        let short = 2_u64.to_le_bytes();
        let error = Source::new(&mut short.as_slice(), 16).take_list::<u32>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }
}
