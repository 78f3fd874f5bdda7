//! What a member sees that the team does not: an overlay over the team's network, kept between
//! questions.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Day, MemberId, Scope};

use super::{ServiceResult, Tertius, Viewer, picture::Picture};

/// How many views are kept; the one that was asked for longest ago goes first.
const VIEWS_KEPT: usize = 1_000;

/// The views that were asked for last.
#[derive(Debug, Default)]
pub(super) struct Views {
    /// The one asked for last comes last.
    kept: Mutex<Vec<View>>,
}

/// What a member sees, as of a day.
#[derive(Debug, Clone)]
struct View {
    member: MemberId,
    day: Option<Day>,
    /// What the team sees, over which it lies.
    team: Arc<Picture>,
    own: Arc<Picture>,
}

impl Views {
    /// The one that was kept, which is now the one asked for last.
    fn get(&self, member: MemberId, day: Option<Day>) -> Option<View> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().rposition(|view| (view.member, view.day) == (member, day))?;
        kept[at..].rotate_left(1);
        kept.last().cloned()
    }

    /// Forgets all views.
    pub(super) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn keep(&self, view: View) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| (other.member, other.day) != (view.member, view.day));
        kept.push(view);
        if kept.len() > VIEWS_KEPT {
            kept.remove(0);
        }
    }
}

impl Tertius {
    /// What a viewer's questions are answered from.
    pub(super) async fn picture_of(&self, viewer: &Viewer) -> ServiceResult<Arc<Picture>> {
        viewer.needs_scope(Scope::Read)?;
        let seen = self.picture_seen_by(viewer).await?;
        match viewer.hypothesis() {
            Some(hypothesis) => self.picture_under(viewer, &seen, hypothesis).await,
            None => Ok(seen),
        }
    }

    /// The same without what the viewer supposes.
    async fn picture_seen_by(&self, viewer: &Viewer) -> ServiceResult<Arc<Picture>> {
        let team = self.picture_of_team(viewer).await?;
        let (member, day) = (viewer.member(), viewer.day());
        let before = match self.views.get(member, day) {
            Some(view) if Arc::ptr_eq(&view.team, &team) => return Ok(view.own),
            before => before.map(|view| view.own),
        };
        let own = Arc::new(team.seen_by(member, before.as_deref()).await?);
        self.views.keep(View { member, day, team, own: Arc::clone(&own) });
        Ok(own)
    }
}
