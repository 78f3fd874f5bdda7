//! Which addresses stand for one person.

use crate::model::MailAddress;

/// Local parts of mailboxes that several people read, or nobody in particular. The lists that are
/// published have a thousand; these are the ones that are met. Compared without dots, dashes and
/// underscores.
const SHARED: &[&str] = &[
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administrator",
    "all",
    "announce",
    "billing",
    "bookings",
    "bugs",
    "careers",
    "commits",
    "compliance",
    "contact",
    "customercare",
    "customerservice",
    "customersupport",
    "desk",
    "dev",
    "devel",
    "developers",
    "discuss",
    "editor",
    "enquiries",
    "events",
    "everybody",
    "everyone",
    "feedback",
    "feeds",
    "finance",
    "frontdesk",
    "general",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "inquiries",
    "invoices",
    "issues",
    "it",
    "jobs",
    "legal",
    "list",
    "mail",
    "mailbox",
    "marketing",
    "media",
    "members",
    "news",
    "newsletter",
    "office",
    "operations",
    "orders",
    "partners",
    "payments",
    "postmaster",
    "press",
    "privacy",
    "purchasing",
    "reception",
    "recruiting",
    "recruitment",
    "root",
    "sales",
    "security",
    "service",
    "services",
    "spam",
    "staff",
    "subscribe",
    "support",
    "talk",
    "team",
    "test",
    "unsubscribe",
    "user",
    "users",
    "webmaster",
    "welcome",
];

/// Local parts of programs, compared in the same way.
const ROBOTS: &[&str] = &[
    "alert",
    "alerts",
    "autoreply",
    "bot",
    "bounce",
    "bounces",
    "bugzilla",
    "bugzilladaemon",
    "buildbot",
    "builds",
    "calendarnotification",
    "cron",
    "daemon",
    "donotreply",
    "dontreply",
    "git",
    "gitbox",
    "github",
    "gitlab",
    "hudson",
    "jenkins",
    "jira",
    "mailer",
    "mailerdaemon",
    "majordomo",
    "mailman",
    "listserv",
    "nepasrepondre",
    "nobody",
    "noreply",
    "notification",
    "notifications",
    "notify",
    "noresponder",
    "noreplay",
    "reply",
    "robot",
    "rss",
    "rssfeeds",
    "svn",
    "systemmailer",
    "wiki",
];

/// Local parts that stand where an address was unknown or taken out.
const PLACEHOLDERS: &[&str] =
    &["anonymous", "devnull", "none", "null", "undisclosed", "undisclosedrecipients", "unknown"];

/// First labels of hosts that only lists have.
const LIST_HOSTS: &[&str] = &["groups", "list", "lists", "listserv", "mailman"];

/// Ends of local parts that lists have by custom.
const LIST_ENDS: &[&str] = &[
    "-announce",
    "-commits",
    "-dev",
    "-devel",
    "-discuss",
    "-l",
    "-list",
    "-owner",
    "-request",
    "-subscribe",
    "-unsubscribe",
    "-users",
];

/// Domains of services on which every address is a list.
const LIST_DOMAINS: &[&str] = &["googlegroups.com", "yahoogroups.com", "groups.io"];

/// What an address stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// For a person, as far as one can tell.
    Person,
    /// For whoever reads a shared mailbox.
    Shared,
    /// For a program.
    Robot,
    /// For everybody on a list.
    List,
    /// For nobody: it was put where none was known.
    Nobody,
}

/// Whether an address can tell one person from another: it is no shared mailbox, no program, no
/// list and no placeholder. The built-in lists of names decide; a person who is called as one of
/// them is lost, which does less harm than two people who are made one.
pub fn usable(address: &MailAddress) -> bool {
    stands_for(address) == Stands::Person
}

/// What an address stands for, by its look.
pub(super) fn stands_for(address: &MailAddress) -> Stands {
    let folded = address.folded();
    let Some((local, host)) = folded.rsplit_once('@') else { return Stands::Nobody };
    let bare: String = local.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    let is = |names: &[&str]| names.contains(&bare.as_str());
    if is_no_host(host) || is(PLACEHOLDERS) || local.contains('*') || bare.is_empty() {
        return Stands::Nobody;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let robot_host = labels.iter().any(|label| matches!(*label, "noreply" | "no-reply"));
    let robot_start = ["noreply", "donotreply", "mailerdaemon"].iter().any(|s| bare.starts_with(s));
    let robot_end = ["-bot", "-noreply", "-no-reply", "-bounces", "-bounce", "-daemon"];
    // A service's own address for each answer, as in `reply+4fa…@reply.forge.example`.
    let per_answer = address.as_str().to_lowercase();
    let per_answer = ["reply+", "bounce+", "bounces+"].iter().any(|s| per_answer.starts_with(s));
    let ends = |ends: &[&str]| ends.iter().any(|end| local.ends_with(end));
    if is(ROBOTS) || robot_host || robot_start || per_answer || ends(&robot_end) {
        return Stands::Robot;
    }

    let list_host = labels.len() > 2 && LIST_HOSTS.contains(&labels[0]);
    if list_host || local.starts_with("owner-") || ends(LIST_ENDS) || LIST_DOMAINS.contains(&host) {
        return Stands::List;
    }
    if is(SHARED) { Stands::Shared } else { Stands::Person }
}

/// Whether nothing on the net can be called so.
fn is_no_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    !host.contains('.')
        || host.contains(['(', '['])
        || matches!(last, "local" | "localhost" | "localdomain" | "invalid" | "internal" | "lan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_person_is_told_from_all_others() {
        use Stands::{List, Nobody, Person, Robot, Shared};
        for (address, wanted) in [
            ("ana.silva@alt.example", Person),
            ("Ana+crm@alt.example", Person),
            ("lister@alt.example", Person),
            ("info@alt.example", Shared),
            ("Customer-Support@alt.example", Shared),
            ("sales+eu@alt.example", Shared),
            ("No-Reply@alt.example", Robot),
            ("noreply-7f3a@alt.example", Robot),
            ("reply+8a7f@forge.example", Robot),
            ("MAILER-DAEMON@mx.alt.example", Robot),
            ("12+ana@users.noreply.forge.example", Robot),
            ("build-bot@ci.example", Robot),
            ("partner-list-bounces@alt.example", Robot),
            ("WG4_OTA@LIST.FORUM.EXAMPLE", List),
            ("owner-partners@alt.example", List),
            ("Partner-Devel@alt.example", List),
            ("book-club@googlegroups.com", List),
            ("ana@localhost", Nobody),
            ("ana@desk.local", Nobody),
            ("devnull@alt.example", Nobody),
            ("a***@alt.example", Nobody),
        ] {
            let address = MailAddress::new(address).unwrap();
            assert_eq!(stands_for(&address), wanted, "{address}");
            assert_eq!(usable(&address), wanted == Person);
        }
    }
}
