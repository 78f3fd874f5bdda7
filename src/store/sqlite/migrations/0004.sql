-- Schema version 4: what is derived is kept for whom it is: for the team, and, where a member sees
-- more of a fact than the team does, for that member. People of a pair are numbers. Who comes in, and
-- who did what.

INSERT INTO subject_kind VALUES (12, 'invitation');

-- Derived, and filled by the program. `owner` is 0 for the team, else the number of the member who
-- sees what the team does not.
DELETE FROM fact_subject;

DROP TABLE identity_key;
CREATE TABLE identity_key (
    key     TEXT NOT NULL,
    kind    INTEGER NOT NULL,  -- of the subject
    owner   INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    told    INTEGER NOT NULL,
    gone    INTEGER,
    facts   INTEGER NOT NULL,  -- how many standing facts give the key
    PRIMARY KEY (key, kind, owner, subject, told)
) STRICT, WITHOUT ROWID;

CREATE INDEX own_identity_key ON identity_key (owner, key, kind, subject) WHERE owner > 0;

DROP TABLE search_key;
CREATE TABLE search_key (
    key     TEXT NOT NULL,
    kind    INTEGER NOT NULL,  -- of the subject
    owner   INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    told    INTEGER NOT NULL,
    gone    INTEGER,
    facts   INTEGER NOT NULL,  -- how many standing facts give the key
    PRIMARY KEY (key, kind, owner, subject, told)
) STRICT, WITHOUT ROWID;

-- Evidence once for each pair it speaks of: that which the team may see at any level, and that of
-- which a member sees all where the team sees the bare tie or nothing.
DROP TABLE pair_evidence;
CREATE TABLE pair_evidence (
    owner       INTEGER NOT NULL,
    low         INTEGER NOT NULL,  -- the one with the lower id
    high        INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    fact        BLOB NOT NULL,
    told        INTEGER NOT NULL,
    gone        INTEGER,
    kind        INTEGER NOT NULL,  -- of evidence_kind
    statement   TEXT,              -- JSON, of statements and overrides alone
    direction   INTEGER NOT NULL,  -- 1 from low to high, -1 from high to low, 0 mutual
    recipients  INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,  -- when they learnt it
    level       INTEGER NOT NULL,  -- 1 tie, 2 strength, 3 evidence
    PRIMARY KEY (owner, low, high, at, fact, told)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence_kind (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO evidence_kind VALUES
    (0, 'mail'), (1, 'message'), (2, 'list_answer'), (3, 'call'), (4, 'meeting'),
    (5, 'introduction'), (6, 'connection'), (7, 'statement'), (8, 'override');

-- Every pair that ever had a row there.
DROP TABLE pair_by_high;
CREATE TABLE pair_by_high (
    owner INTEGER NOT NULL,
    high  INTEGER NOT NULL,
    low   INTEGER NOT NULL,
    PRIMARY KEY (owner, high, low)
) STRICT, WITHOUT ROWID;

-- Employments of which the team, or else a member, may see all.
DROP TABLE employment;
CREATE TABLE employment (
    owner    INTEGER NOT NULL,
    company  BLOB NOT NULL,
    person   BLOB NOT NULL,
    id       BLOB NOT NULL,
    fact     BLOB NOT NULL,
    told     INTEGER NOT NULL,
    gone     INTEGER,
    title    TEXT,
    from_day INTEGER,  -- since 1970-01-01
    to_day   INTEGER,
    PRIMARY KEY (owner, company, person, id, fact, told)
) STRICT, WITHOUT ROWID;

-- For whom a telling is, and what a version changed: 0 for the team, else the number of a member.
ALTER TABLE attestation ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
UPDATE attestation SET owner = s.ix FROM subject s
WHERE s.kind = 6 AND 'member_' || lower(hex(s.id)) = attestation.body ->> '$.audience.group.owner';

CREATE TABLE changed_for (
    version INTEGER NOT NULL,
    owner   INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    PRIMARY KEY (version, owner, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO changed_for SELECT version, 0, subject FROM changed;
DROP TABLE changed;
ALTER TABLE changed_for RENAME TO changed;

-- A version in which everything was told to one member alone changed what is known for nobody else;
-- whoever was first heard of then is the team's.
WITH event (version, owner) AS (
    SELECT t.version, a.owner FROM fact_attestation t JOIN attestation a ON a.ix = t.attestation
    UNION ALL SELECT t.gone, a.owner FROM fact_attestation t JOIN attestation a
        ON a.ix = t.attestation WHERE t.gone IS NOT NULL),
private (version, owner) AS (
    SELECT version, max(owner) FROM event WHERE EXISTS (SELECT 1 FROM attestation WHERE owner > 0)
    GROUP BY version HAVING min(owner) = max(owner) AND min(owner) > 0)
UPDATE changed SET owner = private.owner FROM private, subject s
WHERE changed.version = private.version AND s.ix = changed.subject AND s.kind <= 4
    AND s.version <> changed.version;

-- When a token was last used. Beside the records, because a use is no change: it raises neither
-- the version of the store nor a revision, and it has no author.
CREATE TABLE token_use (
    token INTEGER PRIMARY KEY REFERENCES subject,
    at    INTEGER NOT NULL
) STRICT;

-- The trail of what was done is read by version.
CREATE INDEX batch_by_version ON batch (version);

-- The import that told its facts, or took them back; of batches from before, what they changed
-- alone says so.
ALTER TABLE batch ADD COLUMN import BLOB;
