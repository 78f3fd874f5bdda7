-- Schema version 3: what stood at any version can be read, so that every past day can be asked.
-- What follows from facts is kept for the versions at which it held: from `told` on, and no longer
-- from `gone` on, which is NULL while it holds.

ALTER TABLE fact_attestation ADD COLUMN gone INTEGER;
-- The batch that took it back has the same time.
UPDATE fact_attestation SET gone = coalesce(
    (SELECT min(b.version) FROM batch b WHERE b.at = retracted_at AND b.changed > 0
         AND b.version >= fact_attestation.version),
    (SELECT value FROM meta WHERE name = 'version'))
WHERE retracted_at IS NOT NULL;
CREATE INDEX taken_back ON fact_attestation (gone, fact) WHERE gone IS NOT NULL;

-- By which version somebody was first heard of.
ALTER TABLE subject ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
WITH first AS (SELECT subject, min(version) AS version FROM changed GROUP BY subject)
UPDATE subject SET version = first.version FROM first WHERE first.subject = subject.ix;

CREATE INDEX batch_by_time ON batch (at, version);

-- Moments for which all weights were evaluated: with the facts up to this version, at the end of
-- that day.
CREATE TABLE epoch (
    version INTEGER PRIMARY KEY,
    day     INTEGER NOT NULL  -- since 1970-01-01
) STRICT;

-- Derived, and filled by the program.
DELETE FROM fact_subject;

DROP TABLE identity_key;
CREATE TABLE identity_key (
    key     TEXT NOT NULL,
    kind    INTEGER NOT NULL,  -- of the subject
    subject INTEGER NOT NULL,
    told    INTEGER NOT NULL,
    gone    INTEGER,
    facts   INTEGER NOT NULL,  -- how many standing facts give the key
    PRIMARY KEY (key, kind, subject, told)
) STRICT, WITHOUT ROWID;

DROP TABLE search_key;
CREATE TABLE search_key (
    key     TEXT NOT NULL,
    kind    INTEGER NOT NULL,  -- of the subject
    subject INTEGER NOT NULL,
    told    INTEGER NOT NULL,
    gone    INTEGER,
    facts   INTEGER NOT NULL,  -- how many standing facts give the key
    PRIMARY KEY (key, kind, subject, told)
) STRICT, WITHOUT ROWID;

-- Evidence that the team may see at any level, once for each pair it speaks of.
DROP TABLE pair_evidence;
CREATE TABLE pair_evidence (
    low         BLOB NOT NULL,
    high        BLOB NOT NULL,
    at          INTEGER NOT NULL,
    fact        BLOB NOT NULL,
    told        INTEGER NOT NULL,
    gone        INTEGER,
    kind        TEXT NOT NULL,
    statement   TEXT,              -- JSON, of statements alone
    direction   INTEGER NOT NULL,  -- 1 from low to high, -1 from high to low, 0 mutual
    recipients  INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,  -- when the team learnt it
    level       INTEGER NOT NULL,  -- 1 tie, 2 strength, 3 evidence
    PRIMARY KEY (low, high, at, fact, told)
) STRICT, WITHOUT ROWID;

-- Every pair that ever had a row there.
DROP TABLE pair_by_high;
CREATE TABLE pair_by_high (
    high BLOB NOT NULL,
    low  BLOB NOT NULL,
    PRIMARY KEY (high, low)
) STRICT, WITHOUT ROWID;

-- Employments of which the team may see all.
DROP TABLE employment;
CREATE TABLE employment (
    company  BLOB NOT NULL,
    person   BLOB NOT NULL,
    id       BLOB NOT NULL,
    fact     BLOB NOT NULL,
    told     INTEGER NOT NULL,
    gone     INTEGER,
    title    TEXT,
    from_day INTEGER,  -- since 1970-01-01
    to_day   INTEGER,
    PRIMARY KEY (company, person, id, fact, told)
) STRICT, WITHOUT ROWID;

-- How strength is computed is kept, and how often somebody wants contact.
INSERT INTO subject_kind VALUES (11, 'calibration');
INSERT INTO fact_kind VALUES (-2, 'cadence');
