//! What the whole installation tells about its ties and about who answers.

use super::Terms;

/// The answer rate of everybody before 100 questions were counted.
const ANSWER_RATE_PRIOR: f64 = 0.45;
/// From so many counted questions on, an installation has an answer rate of its own.
const ASKS_MIN: u64 = 100;

/// What the whole installation tells about its ties, as of an epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Population {
    /// The median of each term over all ties with contact.
    pub medians: Terms,
    /// How often a question is answered.
    pub answer_rate: f64,
}

impl Population {
    /// From the terms of all ties with contact, and all questions and answers.
    ///
    /// # Complexity
    /// Linear, four selections; 16 bytes a tie meanwhile.
    pub fn of(terms: impl IntoIterator<Item = Terms>, asks: u64, answers: u64) -> Self {
        let mut parts: [Vec<f32>; 4] = Default::default();
        for term in terms {
            let four = [term.contact, term.recency, term.overlap, term.activity];
            parts.iter_mut().zip(four).for_each(|(part, value)| part.push(value as f32));
        }
        let [contact, recency, overlap, activity] = parts.map(|part| median(part).into());
        let medians = Terms { contact, recency, overlap, activity };
        let answer_rate =
            if asks < ASKS_MIN { ANSWER_RATE_PRIOR } else { answers as f64 / asks as f64 };
        Self { medians, answer_rate }
    }
}

/// The middle value, the upper of two; 0 without any.
fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    if values.is_empty() { 0.0 } else { *values.select_nth_unstable_by(middle, f32::total_cmp).1 }
}

/// How a person answers questions at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answering {
    /// How many questions to the person were counted.
    pub asked: u32,
    /// How many of them were answered.
    pub answered: u32,
}

impl Answering {
    /// Counts questions to the person, and their answers.
    pub(super) fn add(&mut self, asked: u8, answered: u8) {
        self.asked += u32::from(asked);
        self.answered += u32::from(answered);
    }

    /// The answer rate, drawn to that of the installation while little is known.
    pub(super) fn rate(self, population: &Population) -> f64 {
        let prior = 10.0 * population.answer_rate;
        (f64::from(self.answered) + prior) / (f64::from(self.asked) + 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_with_few_questions_uses_the_prior() {
        let rate = |asks, answers| Population::of([], asks, answers).answer_rate;
        assert!((rate(99, 0) - 0.45).abs() < 1e-12);
        assert!((rate(200, 50) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn little_is_drawn_to_the_rate_of_everybody() {
        let population = Population { medians: Terms::default(), answer_rate: 0.5 };
        let rate = |asked, answered| Answering { asked, answered }.rate(&population);
        assert!((rate(0, 0) - 0.5).abs() < 1e-12);
        assert!(rate(2, 2) < 0.6 && rate(200, 200) > 0.95);
    }
}
