//! Files as other programs write them, as nasty as they come.

use super::{
    tests::{options, path, told},
    *,
};

fn told_by(file: &str) -> Vec<String> {
    told(&format!("programs/{file}"))
}

#[test]
fn a_crm_tells_people_companies_and_jobs_by_its_ids() {
    assert_eq!(
        told_by("hubspot-contacts.csv"),
        [
            "2 Łucja Żółć <mail:lucja@alt.example external:hubspot:100000000001> |  @ Alt AG () .. \
             |  @ Acme, Inc. () .. [\"Contact owner: Me\", \"Create Date: 2020-01-10 10:00\"]",
            "3 ? <mail:info@alt.example> [\"Create Date: 2020-01-10 10:00\", \
             \"Broken id: 1.00E+11\"]",
            "4 refused: the id is empty or broken, and there is no address",
        ]
    );
    assert_eq!(
        told_by("hubspot-german.csv"),
        ["2 Jörg Groß <mail:j@alt.example external:hubspot:7> |  @ Alt AG () .. []"]
    );
    assert_eq!(
        told_by("salesforce-Account.csv"),
        [
            "2 Alt AG (alt.example external:salesforce:001A) [\"Type: Customer\", \
             \"OwnerId: 005A\"]",
            "3 Alt AG (Sandbox) (external:salesforce:001B) [\"ParentId: 001A\", \"Type: Partner\", \
             \"OwnerId: 005A\", \"No domain: n/a\"]",
        ]
    );
    assert_eq!(
        told_by("salesforce-Contact.csv"),
        [
            "2 Łucja Żółć <mail:lucja@alt.example external:salesforce:003A> | CFO @ ? \
             (external:salesforce:001A) .. [\"OwnerId: 005A\"]",
            "3 Unknown <external:salesforce:003B> [\"OwnerId: 005A\"]",
        ]
    );
    let person = "? <external:salesforce:003A>";
    let first = "Decision Maker;Sponsor @ ? (external:salesforce:001A) 2020-01-01..";
    assert_eq!(
        told_by("salesforce-AccountContactRelation.csv"),
        [
            format!("2 {person} | {first} [\"IsDirect: 1\"]"),
            "3 refused: it ends on 2015-01-01, before it begins on 2019-12-31".to_owned(),
            "4 refused: no company is named".to_owned(),
        ]
    );
    let user = &told_by("salesforce-User.csv")[0];
    assert!(user.contains("external:salesforce:005A"), "{user}");
    assert_eq!(
        told_by("pipedrive-people.csv"),
        ["2 Łucja Żółć <mail:lucja@alt.example external:pipedrive:1> |  @ Alt AG () .. []"]
    );
}

#[test]
fn an_address_book_tells_people_and_nothing_private() {
    assert_eq!(
        told_by("outlook.csv"),
        [
            "2 Jürgen Groß <mail:j@alt.example> | Leiter @ Alt AG () .. \
             [\"No mail address: /o=ExchangeLabs/cn=j\"]",
            "4 refused: nobody is named: no name, no usable address, no usable id",
        ]
    );
    assert_eq!(
        told_by("outlook-french.csv"),
        ["2 Éloïse Ana Dupré <mail:e.dupre@alt.example> | Directrice @ Alt SARL () .. []"]
    );
    assert_eq!(
        told_by("google-contacts.csv"),
        [
            "2 Łucja Maria Żółć <mail:lucja@alt.example mail:lz@alt.example \
             profile:linkedin.com/in/łucja> | CFO @ Alt AG () .. [\"Partners\"]",
            "5 ? <mail:noreply@x.example> []",
            "6 +49 170 <> |  @ =cmd|' /C calc'!A0 () .. []",
        ]
    );
    assert_eq!(
        told_by("empleos.csv"),
        [
            "2 Ana Silva Gómez <mail:ana@globex.example> | Jefa @ Globex () \
             2020-02-01..2022-12-31 []",
            "3 refused: it ends on 2020-01-01, before it begins on 2023-05-01",
        ]
    );
}

#[test]
fn accounts_lists_meetings_and_statements_are_what_their_columns_say() {
    assert_eq!(
        told_by("account-mapping.csv"),
        [
            "2 Alt AG (alt.example) [\"Account Owner Email: me@acme.example\", \
             \"Population: Customers\"]",
            "3 No Site () [\"Population: Prospects\", \"No domain: n/a\"]",
            "4 refused: no company is named: no name, no domain, no usable id",
        ]
    );
    assert_eq!(
        told_by("kumu-elements.csv"),
        [
            "2 Ana Silva <external:kumu:Ana Silva> [\"red\", \"blue\"]",
            "3 Globex (external:kumu:Globex) []",
            "4 excluded: neither a person nor a company",
        ]
    );
    let both = "? <mail:ana@a.example>, ? <mail:bo@b.example>";
    assert_eq!(
        told_by("statements.csv"),
        [
            format!("2 2024-03-05T00:00:00Z Good: {both}"),
            "3 refused: `9` is not `weak`, `good`, `close`, nor a number from 0 to 1".to_owned(),
            "4 refused: it names no two different people".to_owned(),
        ]
    );
    assert_eq!(
        told_by("meetings.csv"),
        [
            format!("2 2024-03-05T08:00:00Z meeting: {both}"),
            "3 refused: it names no two different people".to_owned(),
            "4 refused: `soon` is no date such as 2026-11-23".to_owned(),
        ]
    );
    let lists = told_by("lists.csv");
    assert_eq!(lists[0], "2 ? <mail:ana@a.example> []");
    assert!(lists[1].starts_with("2 Targets: Person("), "{lists:?}");
    assert!(lists[2].starts_with("3 refused: nobody is named"), "{lists:?}");
}

#[test]
fn what_is_about_something_else_is_refused_and_not_misread() {
    for (file, reason) in [
        ("introductions.csv", "(Seeker, Connector, Target, Requested on); give a mapping"),
        ("introductions-from-to.csv", "(Date, From, To, Introduced to); give a mapping"),
        ("introductions-mails.csv", "(Id, Requester Email, Introducer Email, Email)"),
        ("hubspot-deals.csv", "(Record ID, Deal Name, Associated Contact); give a mapping"),
        ("calendar.ics", "it is a calendar or a file of address cards, and no table"),
    ] {
        let file = format!("programs/{file}");
        let error = Table::open(&path(&file), options(&file)).err().unwrap().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
