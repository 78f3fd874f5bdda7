-- Schema version 1. Ids are 16 bytes, most significant first, so that bytes sort as ids do;
-- `ix` numbers are internal and never leave the file. Times are milliseconds since 1970, UTC.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('version', 0);

CREATE TABLE batch (
    id      BLOB PRIMARY KEY,
    version INTEGER NOT NULL,  -- of the store after it
    changed INTEGER NOT NULL,  -- how many of its changes changed something
    author  TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whatever has a revision of its own.
CREATE TABLE subject_kind (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO subject_kind VALUES
    (1, 'person'), (2, 'company'), (3, 'employment'), (4, 'relation'),
    (5, 'list'), (6, 'member'), (7, 'token'), (8, 'introduction');

CREATE TABLE subject (
    ix       INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL REFERENCES subject_kind,
    id       BLOB NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (kind, id)
) STRICT;

-- Which subjects a version changed.
CREATE TABLE changed (
    version INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    PRIMARY KEY (version, subject)
) STRICT, WITHOUT ROWID;

-- Facts. Employments and evidence have the last codes, so that "all but these" is a range.
CREATE TABLE fact_kind (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO fact_kind VALUES
    (1, 'person_name'), (2, 'person_identifier'), (3, 'company_name'), (4, 'company_domain'),
    (5, 'relation'), (6, 'tag'), (7, 'list_entry'), (8, 'ask_limit'),
    (9, 'employment'), (10, 'evidence');

CREATE TABLE fact (
    ix         INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    kind       INTEGER NOT NULL REFERENCES fact_kind,
    occurrence INTEGER NOT NULL,
    claim      TEXT NOT NULL  -- JSON
) STRICT;

-- Facts by what they are about. Evidence is not filed: it is found by its pairs.
CREATE TABLE fact_subject (
    subject INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    fact    INTEGER NOT NULL,
    PRIMARY KEY (subject, kind, fact)
) STRICT, WITHOUT ROWID;

-- Source, recorder, lawful basis and audience, once for all facts that share them.
CREATE TABLE attestation (
    ix   INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE  -- JSON
) STRICT;

-- Each telling of a fact, in order of telling; what was taken back stays, with its time.
CREATE TABLE fact_attestation (
    fact         INTEGER NOT NULL REFERENCES fact,
    version      INTEGER NOT NULL,
    place        INTEGER NOT NULL,  -- of the change in its batch
    attestation  INTEGER NOT NULL REFERENCES attestation,
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER,
    PRIMARY KEY (fact, version, place)
) STRICT, WITHOUT ROWID;

-- From here on: derived from the tables above, and rebuilt from them by the check.

CREATE TABLE identifier (
    key    TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES subject,
    facts  INTEGER NOT NULL,  -- how many standing facts say so
    PRIMARY KEY (key, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_key (
    key     TEXT NOT NULL,
    kind    INTEGER NOT NULL,  -- of the subject
    subject INTEGER NOT NULL,
    facts   INTEGER NOT NULL,  -- how many standing facts give the key
    PRIMARY KEY (key, kind, subject)
) STRICT, WITHOUT ROWID;

-- Evidence that stands and that the team may see at any level, once for each pair it speaks of.
CREATE TABLE pair_evidence (
    low         BLOB NOT NULL,
    high        BLOB NOT NULL,
    at          INTEGER NOT NULL,
    fact        BLOB NOT NULL,
    kind        TEXT NOT NULL,
    statement   TEXT,              -- JSON, of statements alone
    direction   INTEGER NOT NULL,  -- 1 from low to high, -1 from high to low, 0 mutual
    recipients  INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,  -- when the team learnt it
    level       INTEGER NOT NULL,  -- 1 tie, 2 strength, 3 evidence
    PRIMARY KEY (low, high, at, fact)
) STRICT, WITHOUT ROWID;

CREATE TABLE pair_by_high (
    high BLOB NOT NULL,
    low  BLOB NOT NULL,
    PRIMARY KEY (high, low)
) STRICT, WITHOUT ROWID;

-- Employments that stand and of which the team may see all.
CREATE TABLE employment (
    company  BLOB NOT NULL,
    person   BLOB NOT NULL,
    id       BLOB NOT NULL,
    fact     BLOB NOT NULL,
    title    TEXT,
    from_day INTEGER,  -- since 1970-01-01
    to_day   INTEGER,
    PRIMARY KEY (company, person, id, fact)
) STRICT, WITHOUT ROWID;

-- Lists, members, tokens and introductions as they are now.
CREATE TABLE record (
    subject INTEGER PRIMARY KEY REFERENCES subject,
    body    TEXT NOT NULL  -- JSON
) STRICT;

CREATE TABLE login (
    login  TEXT PRIMARY KEY,
    member INTEGER NOT NULL UNIQUE REFERENCES subject
) STRICT, WITHOUT ROWID;

CREATE TABLE token_hash (
    hash  BLOB PRIMARY KEY,
    token INTEGER NOT NULL UNIQUE REFERENCES subject
) STRICT, WITHOUT ROWID;

CREATE TABLE ask (
    connector    BLOB NOT NULL,
    at           INTEGER NOT NULL,
    introduction INTEGER NOT NULL REFERENCES subject,
    seeker       BLOB NOT NULL,
    open         INTEGER NOT NULL,
    PRIMARY KEY (connector, at, introduction)
) STRICT, WITHOUT ROWID;
CREATE INDEX ask_of_introduction ON ask (introduction);

-- For whoever reads the file by hand.
CREATE VIEW readable_subject AS
    SELECT s.ix, k.name || '_' || lower(hex(s.id)) AS id, s.revision, r.body
    FROM subject s JOIN subject_kind k ON k.code = s.kind LEFT JOIN record r ON r.subject = s.ix;
CREATE VIEW readable_fact AS
    SELECT 'fact_' || lower(hex(f.id)) AS id, k.name AS kind, f.claim, a.body AS told_by,
           datetime(t.recorded_at / 1000, 'unixepoch') AS recorded_at,
           datetime(t.retracted_at / 1000, 'unixepoch') AS retracted_at
    FROM fact f JOIN fact_kind k ON k.code = f.kind
    JOIN fact_attestation t ON t.fact = f.ix JOIN attestation a ON a.ix = t.attestation;
