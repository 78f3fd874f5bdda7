//! What joins the members of a cluster more than others.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::Partition;

/// What a trait must stand out by at least: it would by chance in one of forty cases.
const STANDS_OUT: f64 = 1.96;
/// Of how many members a trait is told at least.
const MEMBERS_MIN: u32 = 2;
/// How much the whole counts before anything is known of a cluster, in members.
const PRIOR: f64 = 10.0;

/// A trait that members of a cluster have more often than others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standout {
    /// Which trait, by the number that the caller gave it.
    pub number: u32,
    /// How many members have it.
    pub inside: u32,
    /// How many others have it.
    pub outside: u32,
    /// By how many standard deviations the log-odds inside exceed those outside.
    pub z: f64,
}

/// The traits of each cluster that stand out, the greatest first, of equal ones that with the
/// smaller number; `traits` holds those of each node, each once.
///
/// Weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008): with y
/// the members of cluster i, or the others, that have a trait, n their number of traits, and α the
/// share of the trait in the whole times 10, δ = ln((yᵢ + α)/(nᵢ + α₀ − yᵢ − α)) − the same of the
/// others, and z = δ / √(1/(yᵢ + α) + 1/(yⱼ + α)).
///
/// # Complexity
/// Linear in the traits of all nodes, and a sort of each cluster's.
pub fn standouts(traits: &[Vec<u32>], partition: &Partition) -> Vec<Vec<Standout>> {
    let mut all: HashMap<u32, u32, FxBuildHasher> = HashMap::default();
    for number in traits.iter().flatten() {
        *all.entry(*number).or_default() += 1;
    }
    let total: u32 = all.values().sum();
    let of_cluster = |members: Vec<u32>| {
        let mut inside: HashMap<u32, u32, FxBuildHasher> = HashMap::default();
        for number in members.iter().flat_map(|&node| &traits[node as usize]) {
            *inside.entry(*number).or_default() += 1;
        }
        let had: u32 = inside.values().sum();
        let mut found: Vec<Standout> = inside
            .into_iter()
            .map(|(number, inside)| {
                let outside = all[&number] - inside;
                let z = log_odds((inside, had), (outside, total - had));
                Standout { number, inside, outside, z }
            })
            .filter(|found| found.z >= STANDS_OUT && found.inside >= MEMBERS_MIN)
            .collect();
        found.sort_by(|a, b| b.z.total_cmp(&a.z).then(a.number.cmp(&b.number)));
        found
    };
    partition.members().into_iter().map(of_cluster).collect()
}

/// z of a trait that so many of so many have inside, and outside.
fn log_odds((inside, had): (u32, u32), (outside, others_had): (u32, u32)) -> f64 {
    let [inside, had, outside, others_had] = [inside, had, outside, others_had].map(f64::from);
    let prior = PRIOR * (inside + outside) / (had + others_had);
    let odds = |count: f64, all: f64| ((count + prior) / (all + PRIOR - count - prior)).ln();
    let spread = (1.0 / (inside + prior) + 1.0 / (outside + prior)).sqrt();
    let found = (odds(inside, had) - odds(outside, others_had)) / spread;
    // Everybody has it and nothing else: it tells nobody apart.
    if found.is_finite() { found } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_joins_a_cluster_stands_out_and_what_everybody_has_does_not() {
        // Everybody has 0; the first cluster works at 1, the second at 2, and a few are 3.
        let traits: Vec<Vec<u32>> = (0..40)
            .map(|node| {
                let mut traits = vec![0, if node < 20 { 1 } else { 2 }];
                traits.extend((node % 10 == 0).then_some(3));
                traits
            })
            .collect();
        let partition = Partition::of_labels(&(0..40).map(|n| n / 20).collect::<Vec<_>>());
        let found = standouts(&traits, &partition);
        let which = |at: usize| found[at].iter().map(|f| f.number).collect::<Vec<_>>();
        assert_eq!((which(0), which(1)), (vec![1], vec![2]));
        assert_eq!((found[0][0].inside, found[0][0].outside), (20, 0));
        assert!(found[0][0].z > 3.0, "{:?}", found[0]);
    }

    #[test]
    fn one_member_is_no_evidence_and_more_members_are_more() {
        let partition = |inside: usize| {
            Partition::of_labels(&(0..100).map(|n| u32::from(n >= inside)).collect::<Vec<_>>())
        };
        let traits = |having: usize| -> Vec<Vec<u32>> {
            (0..100).map(|n| if n < having { vec![7] } else { vec![9] }).collect()
        };
        assert!(standouts(&traits(1), &partition(1))[0].is_empty());
        let z = |members: usize| standouts(&traits(members), &partition(members))[0][0].z;
        assert!(z(20) > z(5), "{} {}", z(20), z(5));
    }

    #[test]
    fn z_is_that_of_the_paper() {
        // y = 8 of 10 inside, 2 of 90 outside: α = 10·10/100 = 1.
        let inside: f64 = (9.0_f64 / 11.0).ln();
        let outside: f64 = (3.0_f64 / 97.0).ln();
        let expected = (inside - outside) / (1.0_f64 / 9.0 + 1.0 / 3.0).sqrt();
        assert!((log_odds((8, 10), (2, 90)) - expected).abs() < 1e-12);
    }
}
