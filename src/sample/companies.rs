//! The companies of the story's world, and how they stand to ours.

use std::ops::Range;

use super::{
    chance::{IdOf, Ids},
    writer::{Channel, Writer, attested},
};
use crate::model::{
    Change, Claim, CompanyId, CompanyRelation, Domain, Holder, Name, RelationId, RelationKind,
    Span, Tag, fold,
};

/// How a company stands to ours, and by which ties its people can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ours,
    Partner,
    Customer,
    /// None of the others, and no target.
    Neighbour,
    /// A target with doors among the people we know.
    Open,
    /// A target into which only the story leads.
    Guarded,
    /// A target whose people are only connected with ours on LinkedIn.
    ConnectedOnly,
    /// A target whose people got our newsletter and never answered.
    WrittenToOnly,
    /// A target whose people nobody outside had to do with.
    Island,
}

impl Standing {
    /// Whether its companies are on the list of targets.
    pub(super) const fn is_target(self) -> bool {
        !matches!(self, Self::Ours | Self::Partner | Self::Customer | Self::Neighbour)
    }

    const fn staff(self) -> usize {
        match self {
            Self::Ours => 28,
            Self::Partner => 12,
            Self::Customer => 9,
            Self::Neighbour => 5,
            _ => 7,
        }
    }
}

/// A company of the story's world.
pub(super) struct Firm {
    pub(super) id: CompanyId,
    pub(super) name: &'static str,
    pub(super) standing: Standing,
    /// The numbers of the people who work there.
    pub(super) staff: Range<usize>,
    tag: &'static str,
}

impl Firm {
    /// The domain of its addresses.
    pub(super) fn domain(&self) -> String {
        format!("{}.example", fold(self.name).replace(' ', ""))
    }
}

type Row = (&'static str, Standing, &'static str);

use Standing::{
    ConnectedOnly, Customer, Guarded, Island, Neighbour, Open, Ours, Partner, WrittenToOnly,
};

const FIRMS: [Row; 73] = [
    ("Fernwake Robotics", Ours, "robotics"),
    ("Orbit", Partner, "software"),
    ("Kestrel", Partner, "consulting"),
    ("Quillmark Consulting", Partner, "consulting"),
    ("Vandermoor Systems", Partner, "integration"),
    ("Sablecrest Integration", Partner, "integration"),
    ("Ostrova Digital", Partner, "agency"),
    ("Palisandre Labs", Partner, "software"),
    ("Tidewrack Software", Partner, "software"),
    ("Brumália Analytics", Partner, "analytics"),
    ("Ilmarinsky Cloud", Partner, "hosting"),
    ("Corvanthe Advisory", Partner, "consulting"),
    ("Zephyrine Data", Partner, "analytics"),
    ("Nordpay", Customer, "payments"),
    ("Halbrunn Logistik", Customer, "logistics"),
    ("Mirabelle Optique", Customer, "optics"),
    ("Lachsbach Foods", Customer, "food"),
    ("Torvanne Steel", Customer, "steel"),
    ("Ardennia Rail", Customer, "rail"),
    ("Skovmose Pumper", Customer, "machinery"),
    ("Café Bellaluna", Customer, "food"),
    ("Pinhal Papel", Customer, "paper"),
    ("Wolkenstein Glas", Customer, "glass"),
    ("Riverrun Textiles", Customer, "textiles"),
    ("Gümüşova Seramik", Customer, "ceramics"),
    ("Meadowlark Press", Neighbour, "media"),
    ("Blauwal Capital", Neighbour, "investment"),
    ("Tallgrass Ventures", Neighbour, "investment"),
    ("Kupferhof Holding", Neighbour, "holding"),
    ("Sólheim Gruppe", Neighbour, "holding"),
    ("Cloudberry Recruiting", Neighbour, "recruiting"),
    ("Pivotale Academy", Neighbour, "training"),
    ("Saltmarsh Legal", Neighbour, "law"),
    ("Globex", Guarded, "energy"),
    ("Umbra Health", Guarded, "health"),
    ("Aldermoor Bank", Open, "banking"),
    ("Birkenau Motoren", Open, "machinery"),
    ("Cascadia Freight", Open, "logistics"),
    ("Drachenfels Chemie", Open, "chemistry"),
    ("Elmwick Insurance", Open, "insurance"),
    ("Fjordlys Energi", Open, "energy"),
    ("Granvik Seafood", Open, "food"),
    ("Hollowmere Retail", Open, "retail"),
    ("Isarwinkel Pharma", Open, "pharma"),
    ("Juniperro Mobility", Open, "mobility"),
    ("Kraków Turbina", Open, "machinery"),
    ("Larkspur Telecom", Open, "telecom"),
    ("Montclaire Cosmétiques", Open, "cosmetics"),
    ("Nightjar Aviation", Open, "aviation"),
    ("Ouroshipping", Open, "shipping"),
    ("Prärie Agrar", Open, "farming"),
    ("Quintessa Hotels", Open, "hotels"),
    ("Rosenquartz Media", Open, "media"),
    ("Sturmvogel Airports", Open, "aviation"),
    ("Thornfield Water", Open, "utilities"),
    ("Ursamajor Mining", Open, "mining"),
    ("Valdorra Wines", Open, "food"),
    ("Westerlund Timber", Open, "timber"),
    ("Xanthene Labs", Open, "pharma"),
    ("Yarrowgate Housing", Open, "housing"),
    ("Amberline Trams", ConnectedOnly, "rail"),
    ("Bergkristall Ski", ConnectedOnly, "leisure"),
    ("Cinderpath Games", ConnectedOnly, "games"),
    ("Dovetail Furniture", ConnectedOnly, "furniture"),
    ("Eiderdown Hospitals", WrittenToOnly, "health"),
    ("Foxglove Biotech", WrittenToOnly, "pharma"),
    ("Gaslight Theatres", WrittenToOnly, "leisure"),
    ("Hinterland Defence", Island, "defence"),
    ("Ivorytower Publishing", Island, "media"),
    ("Jadestone Reinsurance", Island, "insurance"),
    ("Kelpforest Cables", Island, "telecom"),
    ("Loneoak Reactors", Island, "energy"),
    ("Mistral Satellites", Island, "aviation"),
];

/// Relations among the others: who, how, with whom.
const RELATIONS: [(&str, RelationKind, &str); 12] = [
    ("Kupferhof Holding", RelationKind::Parent, "Drachenfels Chemie"),
    ("Kupferhof Holding", RelationKind::Parent, "Wolkenstein Glas"),
    ("Sólheim Gruppe", RelationKind::Parent, "Fjordlys Energi"),
    ("Blauwal Capital", RelationKind::Investor, "Fernwake Robotics"),
    ("Tallgrass Ventures", RelationKind::Investor, "Orbit"),
    ("Tallgrass Ventures", RelationKind::Investor, "Xanthene Labs"),
    ("Orbit", RelationKind::IntegratesWith, "Fernwake Robotics"),
    ("Zephyrine Data", RelationKind::IntegratesWith, "Fernwake Robotics"),
    ("Tidewrack Software", RelationKind::IntegratesWith, "Orbit"),
    ("Umbra Health", RelationKind::Customer, "Kestrel"),
    ("Aldermoor Bank", RelationKind::Customer, "Nordpay"),
    ("Nordpay", RelationKind::Partner, "Brumália Analytics"),
];

/// All companies of the story's world, ours first.
pub(super) fn firms(ids: &mut Ids) -> Vec<Firm> {
    let mut seats = 0;
    let rows = FIRMS.iter().enumerate();
    rows.map(|(number, &(name, standing, tag))| {
        let staff = seats..seats + standing.staff();
        seats = staff.end;
        let id = CompanyId::new(ids.value(IdOf::Company, number));
        Firm { id, name, standing, staff, tag }
    })
    .collect()
}

/// Adds the companies with their names, domains, tags and relations.
pub(super) fn tell_companies(writer: &mut Writer, firms: &[Firm]) {
    let start = writer.calendar.first_import();
    for firm in firms {
        writer.put(start, Change::AddCompany(firm.id));
        let name = Name::new(firm.name).expect("the names of the table are short");
        let domain = Domain::new(&firm.domain()).expect("a folded name is a label");
        let tag = Tag::new(firm.tag).expect("the tags of the table are short");
        for claim in [
            Claim::CompanyName { company: firm.id, name },
            Claim::CompanyDomain { company: firm.id, domain },
            Claim::Tag { on: Holder::Company(firm.id), tag },
        ] {
            writer.tell(claim, attested(Channel::Sample, start));
        }
    }
    let named = |name: &str| firms.iter().find(|firm| firm.name == name).map(|firm| firm.id);
    let mut all = Vec::new();
    for firm in firms {
        match firm.standing {
            Partner => all.push((firm.id, RelationKind::Partner, firms[0].id)),
            Customer => all.push((firm.id, RelationKind::Customer, firms[0].id)),
            _ => {}
        }
    }
    all.extend(RELATIONS.iter().filter_map(|&(a, kind, b)| Some((named(a)?, kind, named(b)?))));
    for (number, (from, kind, to)) in all.into_iter().enumerate() {
        let id = RelationId::new(writer.ids.value(IdOf::Relation, number));
        let since = writer.calendar.ago(writer.chance.between(120, 1_400));
        let span = Span::new(Some(since), None).expect("an open span cannot end too early");
        let relation = CompanyRelation { id, from, to, kind, span };
        let recorded_at = writer.calendar.recorded(since);
        writer.tell(Claim::Relation(relation), attested(Channel::Sample, recorded_at));
    }
}
