//! What a user can do, one method each: the only layer that decides, permits and limits.
//!
//! Every question and every change takes a [`Viewer`]: what they may not see is not found. Only
//! what makes a viewer, and what keeps the network up to date, takes none. Names of `algo` and
//! `store` that the methods here take or return are re-exported, so that `api` and `cli` need no
//! other layer but this and the model.

mod allowance;
mod audiences;
mod auditing;
mod background;
mod backtesting;
mod bouncer;
mod cadence;
mod calibrating;
mod changing;
mod circling;
mod clock;
mod clusters;
mod companies;
mod compute;
mod describe;
mod entry;
mod erasing;
mod error;
mod excluding;
mod exporting;
mod eyes;
mod following;
mod identity;
mod importing;
mod inferring;
mod introducing;
mod inviting;
mod issuer;
mod keeping;
mod known;
mod linking;
mod lists;
mod members;
mod notes;
mod overriding;
mod paging;
mod past;
mod path_answer;
mod paths;
mod people;
mod personal_data;
mod picture;
mod rating;
mod reaching;
mod receipt;
mod recording;
mod retention;
mod search;
mod snapshots;
mod supposing;
mod targets;
mod threads;
mod timing;
mod tokens;
mod uploading;
mod viewer;

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::{
    config::Limits,
    model::Batch,
    store::{Applied, Store},
};

pub use crate::{
    algo::{Band, Check, Factor, Fade, Finding, Fit, LoadBand, Quality, Strength},
    model::{Language, LinkAnswer},
    store::HolderKind,
};
pub use allowance::{Allowance, Spent};
pub use audiences::{AudienceDraft, AudienceOf, AudienceRuleDraft, RuleMade};
pub use auditing::{AuditEntry, AuditQuestion};
pub use backtesting::{BacktestAnswer, BacktestQuestion, CutAnswer, FittedAnswer, Foresight};
pub use cadence::{CADENCE_DAYS_MAX, Cadence};
pub use calibrating::{CalibrationAnswer, CalibrationView, CalibrationWish};
pub use changing::{
    Cause, Changes, ChangesQuestion, EntranceChange, EntranceChangeKind, EntranceChanges, Move,
    MoveKind, Newcomers, Occurrence, TieChange, TieChangeKind, TieChangeView, TieChanges, Way,
};
pub use circling::{Circle, CircleAnswer};
pub use clock::{Clock, Ids, RandomIds, SeededIds, StoppedClock, SystemClock};
pub use clusters::{ClusterTrait, ClusterView, MapView, ResolutionView, TraitKind};
pub use companies::{CompanyDraft, CompanyPatch, CompanyView, RelationView};
pub use compute::Compute;
pub use entry::{Entrance, EntryAnswer};
pub use erasing::{ErasureView, ToErase};
pub use error::{Refusal, RefusalCode, ServiceError, ServiceResult};
pub use excluding::ExclusionView;
pub use exporting::{ExportRequest, Exported};
pub use identity::{Join, Joined, Joins, Why};
pub use importing::{
    BegunImport, FileFormat, ImportFile, ImportProgress, ImportReport, ImportState, ImportStatus,
    ImportView, JoinedPart, Progress, RunningImport, SampleSize, holds_sample, sample_now,
};
pub use introducing::{
    Advance, AllowedMove, AskRulesDraft, AskRulesView, Balance, ConsentAsked, ConsentLinkDraft,
    ConsentLinkView, Doing, Funnel, FunnelQuestion, IntroductionDraft, IntroductionFilter,
    IntroductionView, NewConsentLink, Waiting,
};
pub use inviting::{InvitationDraft, InvitationView, NewInvitation, NewMember};
pub use issuer::{Documents, Unfetched};
pub use keeping::{CadenceSource, Fading, KeepingQuestion, Reminder, Urgency, gap_in_words};
pub use known::{Acquaintance, KnownQuestion, KnowsQuestion};
pub use linking::{PartView, PartsView};
pub use lists::ListView;
pub use members::{MemberView, ROLES, read_role};
pub use notes::{NoteDraft, NotePatch, NoteView};
pub use overriding::{OverrideDraft, OverrideView};
pub use paging::{Page, PageRequest};
pub use path_answer::{
    Basis, From, Hop, IntroPath, Miss, PathAnswer, PathQuestion, Rise, Risk, RiskKind, To,
    Together, Verdict,
};
pub use people::{JobView, PersonDraft, PersonPatch, PersonView};
pub use personal_data::{PersonalDatum, ToldBy};
pub use rating::{TieToRate, TiesToRate};
pub use reaching::{
    AccountFile, AccountName, LastContact, Named, NamedBy, ReachQuestion, Reached, ReachedName,
};
pub use receipt::{EvidenceItem, Receipt};
pub use recording::{EvidenceDraft, JobDraft, JobPatch, StatementDraft, TieView};
pub use search::{Found, SearchQuestion};
pub use snapshots::Snapshots;
pub use supposing::{Hypothesis, HypothesisKey, SupposedChange};
pub use targets::{Target, TargetMatch, Whom};
pub use threads::Thread;
pub use timing::{BOUNDS_MS, Histogram};
pub use tokens::{Ended, NewToken, TokenDraft, TokenView};
pub use uploading::{ContentHash, Taking, Uploaded, Uploads};
pub use viewer::{Vantage, Viewer, role_name};

use background::in_background;
use identity::Recorded;
use picture::Picture;

/// What the use cases stand on.
#[derive(Debug)]
pub struct Foundations {
    /// Where facts are recorded.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub ids: Arc<dyn Ids>,
    /// How much of everything there may be.
    pub limits: Limits,
}

/// The use cases, over any store.
#[derive(Debug)]
pub struct Tertius {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    limits: Limits,
    compute: Compute,
    writes: Histogram,
    picture: ArcSwap<Picture>,
    /// Where the fold of the epoch is kept.
    snapshots: Snapshots,
    imports: importing::Registry,
    pasts: past::Pasts,
    maps: clusters::Maps,
    views: eyes::Views,
    allowances: allowance::Allowances,
    /// When each token's use was last noted.
    uses: tokens::Uses,
    /// Whether the files still hold bytes of what was erased.
    unwiped: std::sync::atomic::AtomicBool,
    /// Where uploads wait.
    upload_folders: uploading::Folders,
    /// Whose JWTs let members in, if anybody's.
    issuer: Option<issuer::Issuer>,
    /// Held while a write goes from the store into the picture, so that they stay in one order. No
    /// question waits for it.
    writing: tokio::sync::Mutex<()>,
    /// Held while an import enters and learns whether its member has rules about what they show,
    /// while evidence is written down by them, and while a rule is made: none misses the other.
    ruling: tokio::sync::Mutex<()>,
    /// Held while a network is folded anew, so that one is folded at a time. No question and no
    /// write waits for it.
    folding: tokio::sync::Mutex<()>,
}

impl Tertius {
    /// Opens the use cases over a store, with the network as of today's epoch and what was written
    /// since.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(foundations: Foundations) -> ServiceResult<Self> {
        Self::open_with(foundations, Snapshots::default()).await
    }

    /// The same, with the fold of the epoch read where it is kept, and kept where it is not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open_with(foundations: Foundations, snapshots: Snapshots) -> ServiceResult<Self> {
        let Foundations { store, clock, ids, limits } = foundations;
        let compute = Compute::new(limits.compute_waiting_max, limits.compute_ms_max)?;
        erasing::repeat_erasures(&store, &*clock, &*ids).await?;
        let picture = following::first_picture(&store, &*clock, &*ids, &snapshots).await?;
        Ok(Self {
            store,
            clock,
            ids,
            limits,
            compute,
            writes: Histogram::default(),
            picture: ArcSwap::from_pointee(picture),
            snapshots,
            imports: importing::Registry::default(),
            pasts: past::Pasts::default(),
            maps: clusters::Maps::default(),
            views: eyes::Views::default(),
            allowances: allowance::Allowances::default(),
            uses: tokens::Uses::default(),
            unwiped: std::sync::atomic::AtomicBool::new(true),
            upload_folders: uploading::Folders::default(),
            issuer: None,
            writing: tokio::sync::Mutex::new(()),
            ruling: tokio::sync::Mutex::new(()),
            folding: tokio::sync::Mutex::new(()),
        })
    }

    /// How much of everything there may be.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The name of the store, for the health page.
    pub fn store_kind(&self) -> &'static str {
        self.store.kind()
    }

    /// How large the network is: people, ties.
    pub fn network_size(&self) -> (usize, usize) {
        let picture = self.picture.load();
        let network = picture.weighed.network();
        (network.people(), network.ties())
    }

    /// The version of the store that the network has taken in.
    pub fn version(&self) -> crate::model::Version {
        self.picture.load().version
    }

    /// What is recorded, as people and companies are joined at this moment.
    fn recorded(&self) -> Recorded {
        self.picture.load().recorded.clone()
    }

    /// A name for one failure, so that a client and the log speak of the same.
    pub fn incident(&self) -> String {
        format!("incident_{:032x}", self.ids.fresh())
    }

    /// How many questions compute, or wait for it.
    pub fn computing(&self) -> usize {
        self.compute.jobs()
    }

    /// How many imports run.
    pub fn imports_running(&self) -> usize {
        self.imports.running()
    }

    /// How long writes took in the store; those of imports are not among them.
    pub fn store_writes(&self) -> &Histogram {
        &self.writes
    }

    /// Asks the store for a sign of life.
    ///
    /// # Errors
    /// When it gives none.
    pub async fn ready(&self) -> ServiceResult<()> {
        self.store.version().await?;
        Ok(())
    }

    /// Applies a batch and takes what it touches into the network, before the next question.
    async fn apply(&self, batch: &Batch) -> ServiceResult<Applied> {
        let _in_order = self.writing.lock().await;
        let began = tokio::time::Instant::now();
        let applied = self.store.apply(batch).await;
        self.writes.count(began.elapsed());
        let applied = applied?;
        if applied.changed > 0 && !applied.repeated {
            let picture = self.picture.load_full();
            let next = picture.after(&self.store, batch, applied.version).await?;
            self.picture.store(Arc::new(next));
        }
        Ok(applied)
    }

    /// The day at whose end everything is evaluated.
    pub fn today(&self) -> crate::model::Day {
        self.picture.load().weighed.day()
    }
}
