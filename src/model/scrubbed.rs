//! What records say without somebody who was erased.

use super::{
    AskRules, AudienceRule, ERASED, Holder, Import, Introduction, Invitation, List, Purpose,
    Reason, RuleSubject, Tag, Token, Traces,
};

/// A record that may name somebody in its texts.
pub trait Scrubbed: Sized {
    /// The same without the traces of somebody; nothing where it is about them.
    fn without(self, traces: &Traces) -> Option<Self>;
}

impl Scrubbed for Introduction {
    fn without(mut self, traces: &Traces) -> Option<Self> {
        let route = &self.route;
        let mut people = route.asks().iter().map(|ask| ask.connector);
        let is_theirs = traces.name(route.seeker()) || traces.name(route.target());
        if is_theirs || people.any(|person| traces.name(person)) {
            return None;
        }
        if traces.are_in(self.purpose.as_str()) {
            self.purpose = Purpose::new(ERASED).expect("a purpose");
        }
        if self.carried.variant.as_ref().is_some_and(|variant| traces.are_in(variant.as_str())) {
            self.carried.variant = Tag::new(ERASED).ok();
        }
        for report in self.history.iter_mut().filter_map(|step| step.report.as_mut()) {
            if traces.are_in(report.how.as_str()) {
                report.how = Reason::new(ERASED).expect("a reason");
            }
        }
        for link in self.links.iter_mut().filter(|link| traces.are_in(link.message.as_str())) {
            link.message = Purpose::new(ERASED).expect("a purpose");
        }
        Some(self)
    }
}

impl Scrubbed for AskRules {
    fn without(mut self, traces: &Traces) -> Option<Self> {
        let is_theirs = |holder: &Holder| matches!(holder, Holder::Person(id) if traces.name(*id));
        self.never.retain(|holder| !is_theirs(holder));
        Some(self)
    }
}

impl Scrubbed for Import {
    fn without(mut self, traces: &Traces) -> Option<Self> {
        self.name = traces.cleaned(&self.name);
        self.system = traces.cleaned_system(&self.system);
        for row in &mut self.refused {
            for text in [&mut row.file, &mut row.reason] {
                if traces.are_in(text) {
                    ERASED.clone_into(text);
                }
            }
        }
        Some(self)
    }
}

impl Scrubbed for List {
    fn without(mut self, traces: &Traces) -> Option<Self> {
        self.name = traces.cleaned(&self.name);
        Some(self)
    }
}

impl Scrubbed for Token {
    fn without(mut self, traces: &Traces) -> Option<Self> {
        self.name = self.name.map(|name| traces.cleaned(&name));
        Some(self)
    }
}

impl Scrubbed for Invitation {
    fn without(self, traces: &Traces) -> Option<Self> {
        let by_address = self.addresses.iter().any(|address| traces.are_in(address.as_str()));
        let is_theirs = by_address || self.person.is_some_and(|person| traces.name(person));
        (!is_theirs).then_some(self)
    }
}

impl Scrubbed for AudienceRule {
    fn without(self, traces: &Traces) -> Option<Self> {
        let is_theirs = match &self.about {
            RuleSubject::Person(person) => traces.name(*person),
            RuleSubject::Company(_) => false,
            RuleSubject::Domain(domain) => traces.are_in(domain.as_str()),
        };
        (!is_theirs).then_some(self)
    }
}
