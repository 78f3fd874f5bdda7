//! What a tie weighs in a map. Formula: docs/SCIENCE.md, "Clusters".

use std::collections::BTreeMap;

use crate::{
    algo::{
        TieFigures,
        mass::{contact_weight, stated_strength},
    },
    model::{Day, EvidenceKind, Level, PairEvidence, Speaker},
};

/// What everybody's tie weighs who share no acquaintance, as a share of those who share all.
const OVERLAP_LEAST: f64 = 0.02;
/// What stands for the contact of a tie of which only the tie may be seen: as much as three mails.
const HINTED: f64 = 3.0;
/// As much contact as a statement of strength 1 stands for.
const STATED: f64 = 10.0;
/// As much contact as a connection stands for.
const CONNECTED: f64 = 0.5;

/// What the tie of two people weighs in a map: ln(1 + n)·(0.02 + o), above 0.
///
/// n counts all contact up to the end of a day, each with the weight of its kind and shared among
/// its readers, and nothing of it decays: departments and circles change slowly, and decay was
/// measured to hide them. o is the overlap of the two neighbourhoods. Who may see only that there
/// is a tie learns nothing of how much contact there was from how the map is drawn.
///
/// # Complexity
/// Linear in the evidence.
pub fn map_weight(evidence: &[PairEvidence], day: Day, figures: &TieFigures) -> f32 {
    let end = day.end();
    let past = &evidence[..evidence.partition_point(|item| item.at < end)];
    let mut contact = 0.0;
    let (mut hinted, mut connected) = (false, false);
    let mut stated: BTreeMap<&Speaker, f64> = BTreeMap::new();
    for item in past {
        if item.level == Level::Tie {
            hinted = true;
            continue;
        }
        if let Some(weight) = contact_weight(&item.kind) {
            contact += weight / f64::from(item.recipients.max(1)).sqrt();
        }
        match &item.kind {
            EvidenceKind::Connection => connected = true,
            EvidenceKind::Statement { closeness, by } => {
                stated.insert(by, stated_strength(*closeness));
            }
            _ => {}
        }
    }
    let said = 1.0 - stated.values().map(|strength| 1.0 - strength).product::<f64>();
    contact += STATED * said;
    contact += if connected { CONNECTED } else { 0.0 };
    if hinted {
        contact = contact.max(HINTED);
    }
    // An override alone, or nothing that counts: as little as a connection.
    let count = contact.max(CONNECTED);
    (count.ln_1p() * (OVERLAP_LEAST + figures.overlap())) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        algo::PairMass,
        model::{Direction, FactId},
    };

    fn today() -> Day {
        "2026-11-20".parse().unwrap()
    }

    fn mail(days_ago: i32, level: Level) -> PairEvidence {
        let at = today().plus(-days_ago).start();
        PairEvidence {
            fact: FactId::new(1),
            kind: EvidenceKind::Mail,
            direction: Direction::Forth,
            at,
            recorded_at: at,
            recipients: 1,
            level,
        }
    }

    fn weight(evidence: &[PairEvidence], overlap: f64) -> f32 {
        map_weight(evidence, today(), &TieFigures::new(&PairMass::default(), overlap))
    }

    #[test]
    fn contact_of_long_ago_weighs_as_much_as_that_of_today() {
        let [then, now] = [2_000, 1].map(|days| [mail(days, Level::Strength)]);
        assert_eq!(weight(&then, 0.3).to_bits(), weight(&now, 0.3).to_bits());
        let both = [then, now.clone()].concat();
        assert!(weight(&both, 0.3) > weight(&now, 0.3));
        assert!(weight(&now, 0.4) > weight(&now, 0.3));
    }

    #[test]
    fn of_hidden_contact_only_that_it_was_shows() {
        let hidden: Vec<PairEvidence> = (1..9).map(|days| mail(days, Level::Tie)).collect();
        assert_eq!(weight(&hidden, 0.1).to_bits(), weight(&hidden[..1], 0.1).to_bits());
    }

    #[test]
    fn every_tie_weighs_something() {
        assert!(weight(&[], 0.0) > 0.0);
    }
}
