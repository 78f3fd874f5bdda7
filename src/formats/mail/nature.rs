//! What kind of message a header shows, and who wrote it.

use super::{
    head::{Field, Head},
    letter::{Folder, Letter},
    people::{self, Named},
    survey::Survey,
    usable::{Stands, stands_for},
};

/// What kind of message one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// From one person to others.
    Direct,
    /// A line of a chat that was kept among the mail.
    Chat,
    /// To a list.
    List,
    /// Written by a program.
    Robot,
    /// Never sent.
    Draft,
    /// Sent by somebody with whom nobody has to do.
    Spam,
}

/// Fields that only programs for lists write.
const LIST_FIELDS: [Field; 6] = [
    Field::ListId,
    Field::ListPost,
    Field::ListUnsubscribe,
    Field::MailingList,
    Field::XMailingList,
    Field::BeenThere,
];

/// Tells what kind of message a letter is.
pub(super) fn nature(letter: &Letter, survey: &Survey) -> Nature {
    let head = &letter.head;
    let labels = head.text(Field::GmailLabels).unwrap_or_default();
    let folders = labels.split(',').map(Folder::named);
    let folders: Vec<Folder> = folders.chain([letter.folder]).collect();
    if folders.contains(&Folder::Drafts) {
        Nature::Draft
    } else if folders.contains(&Folder::Spam) {
        Nature::Spam
    } else if is_robot(letter) {
        Nature::Robot
    } else if is_list(head) || goes_to_list(head, survey) {
        Nature::List
    } else if labels.split(',').any(|label| label.trim().eq_ignore_ascii_case("chat")) {
        Nature::Chat
    } else {
        Nature::Direct
    }
}

/// Whether a program says that it wrote the message.
fn is_robot(letter: &Letter) -> bool {
    let head = &letter.head;
    let says =
        |field, words: &[&str]| head.word(field).is_some_and(|word| words.contains(&word.as_str()));
    let submitted = head.word(Field::AutoSubmitted).is_some_and(|word| word != "no");
    // Programs for lists say `bulk` too.
    let bulk = says(Field::Precedence, &["bulk"]) && !is_list(head);
    let content = head.get(Field::ContentType).map(String::from_utf8_lossy).unwrap_or_default();
    let content = content.to_lowercase().replace(['"', ' ', '\t'], "");
    let kind = content.split(';').next().unwrap_or_default();
    let report = matches!(kind, "multipart/report" | "message/delivery-status");
    let calendar = kind == "text/calendar" && !content.contains("method=request");
    let no_way_back = says(Field::ReturnPath, &["<>"]);
    submitted
        || bulk
        || says(Field::Precedence, &["junk", "auto_reply"])
        || [Field::AutoReply, Field::AutoRespond, Field::FailedRecipients]
            .iter()
            .any(|field| head.has(*field))
        || report
        || calendar
        || letter.answers_invitation
        || no_way_back
}

/// Whether a header is that of a list.
fn is_list(head: &Head) -> bool {
    LIST_FIELDS.iter().any(|field| head.has(*field))
        || head.word(Field::Precedence).is_some_and(|word| word == "list")
        || senders(head).iter().any(is_list_sender)
}

fn senders(head: &Head) -> Vec<Named> {
    head.get(Field::Sender).map(people::addresses).unwrap_or_default()
}

/// Whether the address of a `Sender` is one that a list sends from.
fn is_list_sender(sender: &Named) -> bool {
    let folded = sender.address.folded();
    let local = folded.split('@').next().unwrap_or_default();
    stands_for(&sender.address) == Stands::List
        || ["-bounces", "-bounce", "-admin", "-return"].iter().any(|end| local.ends_with(end))
}

/// Whether a list is among those to whom a message went: then it is to the list, also where it is
/// the sender's own copy, which the list has not marked.
fn goes_to_list(head: &Head, survey: &Survey) -> bool {
    recipients(head)
        .iter()
        .any(|to| stands_for(&to.address) == Stands::List || survey.is_list(&to.address))
}

/// Everybody to whom a message openly went.
pub(super) fn recipients(head: &Head) -> Vec<Named> {
    people::each_once(head.all(Field::To).chain(head.all(Field::Cc)).flat_map(people::addresses))
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Author {
    /// A person.
    Person(Named),
    /// A program.
    Robot,
    /// Somebody behind a shared, listed or placeholder address.
    Unclear,
    /// There is no address.
    Missing,
}

/// Tells who wrote a message. Where a list or a service has put itself into `From`, the writer is
/// looked for where such programs leave him.
pub(super) fn author(head: &Head, survey: &Survey) -> Author {
    let named = |field| head.get(field).map(people::addresses).unwrap_or_default();
    let mut from = named(Field::From);
    if from.is_empty() {
        from = named(Field::Sender);
    }
    let Some(first) = from.into_iter().next() else { return Author::Missing };
    let is_person = |named: &Named| {
        stands_for(&named.address) == Stands::Person && !survey.is_list(&named.address)
    };
    let stands = stands_for(&first.address);
    if !first.is_via && is_person(&first) {
        return Author::Person(first);
    }
    let listed = is_list(head) || stands == Stands::List || survey.is_list(&first.address);
    if !listed {
        let robot = first.is_via || stands == Stands::Robot;
        return if robot { Author::Robot } else { Author::Unclear };
    }
    let hidden = [Field::OriginalFrom, Field::OriginalSender, Field::ReplyTo]
        .into_iter()
        .flat_map(named)
        .find(|other| is_person(other) && other.address.folded() != first.address.folded());
    match hidden {
        Some(writer) if first.is_via || stands != Stands::Robot => {
            let name = writer.name.or(first.name.filter(|_| first.is_via));
            Author::Person(Named { name, address: writer.address, is_via: false })
        }
        _ if stands == Stands::Robot => Author::Robot,
        _ => Author::Unclear,
    }
}
