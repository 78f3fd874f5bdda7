//! A weighed network as bytes and back, so that a restart need not fold it again.

use std::{
    io::{Result, Write},
    sync::Arc,
};

use crate::{
    graph::{Network, Plain, Source, damaged, put_list},
    model::Day,
};

use super::{Answering, Formula, Population, Terms, Weighed, acquainted::Acquainted, fold::Whole};

/// The form of the bytes. It grows with each change of what [`Weighed::put`] writes, **and of any
/// formula**: what another form wrote is thrown away, never read.
pub const SNAPSHOT_FORM: u32 = 1;

impl Plain for Answering {
    const WIDTH: usize = 8;

    fn put(&self, into: &mut [u8]) {
        self.asked.put(&mut into[..4]);
        self.answered.put(&mut into[4..]);
    }

    fn take(from: &[u8]) -> Option<Self> {
        Some(Self { asked: u32::take(&from[..4])?, answered: u32::take(&from[4..])? })
    }
}

impl Weighed {
    /// Writes everything but the day and the formula, as of the epoch: what overlays changed since
    /// is not written.
    ///
    /// # Errors
    /// What the writer says.
    ///
    /// # Complexity
    /// Linear: for each tie 24 to 32 bytes of rows, 40 of figures, and 8 for each pair with contact.
    pub fn put(&self, to: &mut dyn Write) -> Result<()> {
        let whole = &self.whole;
        self.network.put_base(to)?;
        put_list(to, &whole.figures)?;
        whole.acquainted.put(to)?;
        put_list(to, &whole.activity)?;
        put_list(to, &whole.answering)?;
        let Population { medians, answer_rate } = whole.population;
        let Terms { contact, recency, overlap, activity } = medians;
        put_list(to, &[contact, recency, overlap, activity, answer_rate])
    }

    /// Reads what was written of the network of a day, by a formula.
    ///
    /// # Errors
    /// `InvalidData` where it is no such network; else what the reader says.
    pub fn take(from: &mut Source<'_>, day: Day, formula: Formula) -> Result<Self> {
        let network = Network::take_base(from)?;
        let figures = from.take_list()?;
        let acquainted = Acquainted::take(from)?;
        let (activity, answering) = (from.take_list()?, from.take_list()?);
        let [contact, recency, overlap, of_activity, answer_rate] = from.take_list::<f64>()?[..]
        else {
            return Err(damaged());
        };
        let medians = Terms { contact, recency, overlap, activity: of_activity };
        let population = Population { medians, answer_rate };
        let people = [activity.len(), answering.len(), acquainted.people()];
        if figures.len() != network.ties() || people != [network.people(); 3] {
            return Err(damaged());
        }
        let whole = Whole { day, formula, figures, acquainted, activity, answering, population };
        Ok(Self { network, whole: Arc::new(whole), fresh: Arc::default() })
    }
}
