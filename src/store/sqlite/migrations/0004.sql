-- Schema version 4: what is derived is kept for whom it is: for the team, and, where a member sees
-- more of a fact than the team does, for that member. People of a pair are numbers.

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
