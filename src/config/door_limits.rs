//! How much of everything there may be at the door to the network.

/// How much a connection, a request and a document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorLimits {
    /// How much a document may hold.
    pub document: DocumentLimits,
    /// Requests in one body at most.
    pub batch_max: usize,
    /// How long the body of a request may take to come, in milliseconds.
    pub body_ms_max: u64,
    /// How long the head of a request may take to come, in milliseconds.
    pub head_ms_max: u64,
    /// Connections at the same time; more wait until one of them ends.
    pub connections_max: usize,
    /// How long a client may take nothing of what is sent to it, in milliseconds.
    pub untaken_ms_max: u64,
    /// How long what runs may go on once the service is asked to stop, in milliseconds.
    pub farewell_ms_max: u64,
    /// Bytes of the head of a request.
    pub head_bytes_max: usize,
    /// How long a request may take in all once it was read, in milliseconds.
    pub request_ms_max: u64,
}

impl Default for DoorLimits {
    fn default() -> Self {
        Self {
            document: DocumentLimits::DEFAULT,
            batch_max: 5,
            body_ms_max: 10_000,
            head_ms_max: 10_000,
            connections_max: 1_024,
            untaken_ms_max: 60_000,
            farewell_ms_max: 20_000,
            head_bytes_max: 64 * 1024,
            request_ms_max: 30_000,
        }
    }
}

/// How much a document, the text of a query, may hold, and how many are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Words and signs.
    pub tokens_max: usize,
    /// Brackets inside each other.
    pub brackets_max: usize,
    /// Fields inside each other.
    pub depth_max: usize,
    /// Fields at the root of an operation.
    pub roots_max: usize,
    /// Fields that are called otherwise in the answer, all fragments spread.
    pub aliases_max: usize,
    /// Fields as they stand in the text.
    pub fields_max: usize,
    /// Lists of the schema inside each other, where the schema itself is asked for.
    pub schema_lists_max: usize,
    /// Fields and fragments, all fragments spread.
    pub selections_max: usize,
    /// Documents that are kept, once they passed.
    pub kept_max: usize,
    /// Bytes of a document that is kept.
    pub kept_bytes_max: usize,
}

impl DocumentLimits {
    /// What holds where nothing else is said.
    pub const DEFAULT: Self = Self {
        tokens_max: 2_000,
        brackets_max: 48,
        depth_max: 15,
        roots_max: 20,
        aliases_max: 50,
        fields_max: 400,
        schema_lists_max: 2,
        selections_max: 3_000,
        kept_max: 1_000,
        kept_bytes_max: 16 * 1024,
    };
}
