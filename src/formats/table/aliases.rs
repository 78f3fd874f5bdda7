//! What headers are called in other programs and languages.

use super::mapping::Meaning as M;
use crate::model::fold;

/// What a header says before the rest of the table is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// This, in every table.
    Is(M),
    /// A title: of a job, unless another column is that.
    Title,
    /// The name of what the row is.
    Name,
    /// The id of what the row is.
    Id,
    /// How a node of a graph is labelled.
    Label,
    /// What a node is, or what happened.
    Type,
    /// Who wrote, or one end of an edge.
    From,
    /// Who was written to, or the other end.
    To,
    /// One end of an edge of a graph: an id.
    Source,
    /// The other end.
    Target,
    /// A page: a profile where its values are that.
    Url,
    /// Something that is nobody's business.
    Private,
    /// How other cells are meant, or how the row came to be.
    Minor,
    /// Somebody who asks for an introduction, makes one or gets one.
    Introduction,
    /// A row with this is a deal or a task, and so neither a person nor a company.
    Foreign,
}

/// Folded headers without spaces and digits, in English, German, French and Spanish.
const ALIASES: &[(Sense, &str)] = &[
    (Sense::Name, "name nom nombre"),
    (Sense::Id, "id recordid personid key datensatzid iddefiche iddelregistro"),
    (Sense::Label, "label"),
    (Sense::Type, "type typ tipo"),
    (Sense::From, "from von de sender absender expediteur remitente author"),
    (
        Sense::To,
        "to an a para recipient recipients empfanger destinataire destinataires \
         destinatario attendees participants teilnehmer",
    ),
    (Sense::Url, "url link webpage"),
    (
        Sense::Minor,
        "emaillabel emailtype websitelabel websitetype fileas organizationtype \
         isdeleted isemailbounced systemmodstamp nameprefix namesuffix anrede initials \
         shortname customfieldlabel",
    ),
    (
        Sense::Introduction,
        "seeker seekeremail seekername requester requesteremail requestername connector \
         connectoremail connectorname introducer introduceremail introducername introducedto \
         introducedby introtarget introduced",
    ),
    (Sense::Foreign, "dealname dealstage stagename whatid opportunityid"),
    (Sense::Source, "source"),
    (Sense::Target, "target"),
    (Sense::Title, "title titel titre titulo"),
    (
        Sense::Is(M::PersonName),
        "fullname personname contactname displayname emaildisplayname vollstandigername \
         nomcomplet nombrecompleto person contact kontakt",
    ),
    (
        Sense::Is(M::FirstName),
        "firstname givenname vorname prenom nombredepila forename middlename \
         additionalname deuxiemeprenom segundonombre",
    ),
    (
        Sense::Is(M::LastName),
        "lastname familyname surname nachname familienname nomdefamille apellido \
         apellidos",
    ),
    (
        Sense::Is(M::Email),
        "email emails emailaddress emailaddresses mail emailvalue primaryemail \
         emailadresse adressemail adresseemail courriel adressedemessagerie correo \
         correoelectronico direcciondecorreo personemail personemailwork \
         personemailhome workemail contactemail",
    ),
    (
        Sense::Is(M::Profile),
        "profile profileurl linkedin linkedinurl linkedinprofile linkedinbio profil \
         perfil",
    ),
    (Sense::Is(M::PersonId), "contactid whoid"),
    (
        Sense::Is(M::Company),
        "company companyname organization organisation organizationname \
         organisationname employer account accountname firma unternehmen arbeitgeber \
         entreprise societe organisme empresa compania personorganization worksat",
    ),
    (Sense::Is(M::Companies), "associatedcompany companies organizations zugeordnetesunternehmen"),
    (
        Sense::Is(M::Domain),
        "domain domains companydomain companydomainname website companywebsite webseite \
         accountwebsite accountdomain \
         internetseite siteweb sitioweb paginaweb",
    ),
    (Sense::Is(M::CompanyId), "companyid accountid organizationid primaryassociatedcompanyid"),
    (
        Sense::Is(M::Title),
        "jobtitle position role roles organizationtitle berufsbezeichnung funktion \
         stelle poste fonction cargo puesto",
    ),
    (
        Sense::Is(M::FromDate),
        "startdate start fromdate startedon since beginn startdatum seit datededebut \
         debut depuis fechadeinicio inicio desde",
    ),
    (
        Sense::Is(M::ToDate),
        "enddate end todate finishedon until ende enddatum bis datedefin fin jusqua \
         fechadefin hasta",
    ),
    (
        Sense::Is(M::When),
        "when date at sentat senton time timestamp datetime datum gesendet zeit fecha \
         envoyele occurredat seconds epoch unixtime",
    ),
    (Sense::Is(M::Kind), "kind channel art activitytype kanal canal"),
    (Sense::Is(M::FromName), "fromname sendername sourcename"),
    (Sense::Is(M::FromEmail), "fromemail senderemail fromaddress frommail"),
    (Sense::Is(M::FromProfile), "fromprofile senderprofileurl"),
    (Sense::Is(M::FromId), "fromid senderid sourceid internalpersonid"),
    (Sense::Is(M::ToName), "toname tonames recipientname targetname"),
    (Sense::Is(M::ToEmail), "toemail toemails recipientemail toaddress toaddresses tomail"),
    (Sense::Is(M::ToProfile), "toprofile recipientprofileurls"),
    (Sense::Is(M::ToId), "toid toids recipientid targetid externalpersonid"),
    (Sense::Is(M::Closeness), "closeness score strength tiestrength relationshipstrength starke"),
    (Sense::Is(M::Weight), "weight gewicht poids peso"),
    (Sense::Is(M::FromCompany), "fromcompany partnercompany"),
    (Sense::Is(M::FromDomain), "fromdomain partnerdomain"),
    (Sense::Is(M::ToCompany), "tocompany customercompany"),
    (Sense::Is(M::ToDomain), "todomain customerdomain"),
    (Sense::Is(M::Relation), "relation relationship beziehung relacion"),
    (Sense::Is(M::List), "list listname liste lista"),
    (Sense::Is(M::Tags), "tags labels groupmembership schlagworte etiquetas etiquettes"),
    (
        Sense::Private,
        "anniversary spouse hobby hobbies children maidenname billinginformation mileage \
         notes note notizen notas description beschreibung birthday geburtstag \
         anniversaire cumpleanos gender geschlecht photo subject betreff body content \
         text message password locationip",
    ),
];

/// Beginnings and ends of headers that are nobody's business: telephones and addresses of streets.
const PRIVATE: &[&str] = &[
    "phone",
    "telefon",
    "telephone",
    "mobile",
    "mobil",
    "fax",
    "telex",
    "pager",
    "homestreet",
    "homecity",
    "homestate",
    "homepostal",
    "homecountry",
    "otherstreet",
    "address",
    "adresse",
];

/// The form in which two headers are compared: no case, accents, spaces, digits, nor the type of
/// a column that some programs write after a colon.
pub(super) fn key(header: &str) -> String {
    // A graph database writes what a node is under `:LABEL`.
    let bare = match header.split_once(':') {
        Some(("", kind)) => return if kind == "LABEL" { "type".to_owned() } else { String::new() },
        Some((name, kind)) if !name.is_empty() && kind.starts_with(|c: char| c.is_uppercase()) => {
            name
        }
        _ => header,
    };
    fold(bare).chars().filter(char::is_ascii_alphabetic).collect()
}

/// What a header says, if anything is known.
pub(super) fn sense(header: &str) -> Option<Sense> {
    let key = key(header);
    let known = ALIASES.iter().find(|(_, names)| names.split(' ').any(|name| name == key));
    let ends = |part: &&str| key.starts_with(part) || key.ends_with(part);
    let is_private = || PRIVATE.iter().any(ends) || key.contains("phone");
    let is_mail = || key.starts_with("email") && key.ends_with("address");
    let website = || key.starts_with("website") && key.ends_with("value");
    known.map(|(sense, _)| *sense).or_else(|| match () {
        () if is_mail() => Some(Sense::Is(M::Email)),
        () if website() => Some(Sense::Is(M::Profile)),
        () if is_private() => Some(Sense::Private),
        () => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_spaces_accents_digits_and_languages_do_not_matter() {
        for (header, wanted) in [
            ("E-Mail-Adresse", Sense::Is(M::Email)),
            ("E-mail 2 Address", Sense::Is(M::Email)),
            ("E-mail 1 - Value", Sense::Is(M::Email)),
            ("PRÉNOM", Sense::Is(M::FirstName)),
            ("Organization 1 - Title", Sense::Is(M::Title)),
            ("firstName:STRING", Sense::Is(M::FirstName)),
            ("Home Phone 2", Sense::Private),
            ("Empfänger", Sense::To),
        ] {
            assert_eq!(sense(header), Some(wanted), "{header}");
        }
        assert_eq!(
            (sense("Favourite colour"), sense("E-mail 1 - Label")),
            (None, Some(Sense::Minor))
        );
    }
}
