//! How much of everything there may be.

/// The greatest sizes of lists, pages, texts, paths and waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of a page, when the question names no number.
    pub page_default: usize,
    /// Entries of a page at most.
    pub page_max: usize,
    /// Paths of one answer, when the question names no number.
    pub paths_default: usize,
    /// Paths of one answer at most.
    pub paths_max: usize,
    /// Steps of a path at most.
    pub steps_max: usize,
    /// For how many years evidence is kept; for ever where nothing is said.
    pub evidence_years: Option<u16>,
    /// From how many ties on the network is kept in a file for the next start; fewer are folded as
    /// fast as they are read.
    pub snapshot_ties_min: usize,
    /// Ids in one argument at most.
    pub ids_max: usize,
    /// Characters of a search at most.
    pub query_chars_max: usize,
    /// People who may be the targets of one question, such as the staff of a company.
    pub targets_max: usize,
    /// Entries of a list that one answer is about.
    pub accounts_max: usize,
    /// Bytes of the body of a request.
    pub body_bytes_max: usize,
    /// Bytes of a file that is sent to be imported.
    pub upload_bytes_max: u64,
    /// Uploads of one member that wait to be gone on with.
    pub uploads_waiting_max: usize,
    /// How long an upload waits after what was last sent of it, in hours.
    pub upload_wait_hours: u32,
    /// Bytes of what is said of the columns of a table.
    pub mapping_bytes_max: usize,
    /// Imports that run at the same time.
    pub imports_running_max: usize,
    /// Clients that hear news, over a socket or a stream of events, at the same time.
    pub listeners_max: usize,
    /// Subscriptions of one socket.
    pub subscriptions_max: usize,
    /// How long a socket may take to say who asks, in milliseconds.
    pub hello_ms_max: u64,
    /// How long nothing may be heard of a socket, or of an upload, in milliseconds.
    pub silence_ms_max: u64,
    /// How often it is looked whether who listens may still do so, in milliseconds.
    pub access_check_ms: u64,
    /// Past days of which one request may ask; a day that is not kept must be folded.
    pub past_days_max: usize,
    /// How long a question may compute, in milliseconds.
    pub compute_ms_max: u64,
    /// Questions that compute or wait for it at the same time; one more is told to come back.
    pub compute_waiting_max: usize,
    /// What a query may cost, in fields.
    pub query_cost_max: u64,
    /// Points that a token may ask for at once; a field is one.
    pub allowance_max: u64,
    /// Points that come back to a token in a second.
    pub allowance_per_second: u64,
}

impl Limits {
    /// What a query may cost at most: what could never be paid for is too much too.
    pub fn points_max(&self) -> u64 {
        self.query_cost_max.min(self.allowance_max)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            page_default: 20,
            page_max: 100,
            paths_default: 5,
            paths_max: 20,
            steps_max: 4,
            evidence_years: None,
            snapshot_ties_min: 20_000,
            ids_max: 100,
            query_chars_max: 200,
            targets_max: 5_000,
            accounts_max: 500,
            body_bytes_max: 256 * 1024,
            upload_bytes_max: 4 << 30,
            uploads_waiting_max: 4,
            upload_wait_hours: 24,
            mapping_bytes_max: 64 * 1024,
            imports_running_max: 4,
            listeners_max: 256,
            subscriptions_max: 16,
            hello_ms_max: 10_000,
            silence_ms_max: 60_000,
            access_check_ms: 2_000,
            past_days_max: 4,
            compute_ms_max: 5_000,
            compute_waiting_max: 64,
            query_cost_max: 20_000,
            allowance_max: 100_000,
            allowance_per_second: 2_000,
        }
    }
}
