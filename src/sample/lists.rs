//! The team of the sample, and its lists.

use super::{
    chance::IdOf,
    companies::Standing,
    people::{Cast, LOGINS},
    writer::{Channel, Writer, attested_by},
};
use crate::model::{
    Audience, Author, Change, Claim, Holder, List, ListId, ListKind, Member, MemberId, Name, Role,
};

/// What each of the team may do, in the order of their logins.
const ROLES: [Role; 5] =
    [Role::PartnerManager, Role::Member, Role::Member, Role::Admin, Role::Viewer];

/// The lists of the sample.
pub(super) struct Lists {
    pub(super) targets: ListId,
    pub(super) partners: ListId,
}

/// Makes the first people of our company members.
pub(super) fn tell_members(writer: &mut Writer, cast: &Cast) {
    let start = writer.calendar.first_import();
    let members = cast.people.iter().filter_map(|person| Some((person.member?, person)));
    for ((id, person), (login, role)) in members.zip(LOGINS.into_iter().zip(ROLES)) {
        let member = Member {
            id,
            login: login.parse().expect("the logins of the table are lower-case words"),
            person: person.id,
            addresses: person.addresses(),
            role,
            active: true,
        };
        writer.put(start, Change::PutMember(member));
    }
}

/// Makes the list of targets and the list of partners, both kept by one member.
pub(super) fn tell_lists(writer: &mut Writer, cast: &Cast, owner: MemberId) -> Lists {
    let targets = ListId::new(writer.ids.value(IdOf::List, 0));
    let partners = ListId::new(writer.ids.value(IdOf::List, 1));
    let start = writer.calendar.first_import();
    for (id, name, kind) in [
        (targets, "Target accounts 2027", ListKind::Targets),
        (partners, "Partners", ListKind::Partners),
    ] {
        let name = Name::new(name).expect("it is short");
        let list = List { id, name, kind, owner, audience: Audience::TEAM };
        writer.put(start, Change::PutList(list));
    }
    for firm in &cast.firms {
        let list = match firm.standing {
            Standing::Partner => partners,
            standing if standing.is_target() => targets,
            _ => continue,
        };
        let claim = Claim::ListEntry { list, entry: Holder::Company(firm.id) };
        writer.tell(claim, attested_by(Author::Member(owner), Channel::Manual, start));
    }
    Lists { targets, partners }
}
