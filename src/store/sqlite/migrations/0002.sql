-- Schema version 2: imports are kept, and what one of them told is found; people and companies are
-- found by all keys that say who they are, and the store keeps a secret.

INSERT INTO subject_kind VALUES (9, 'import'), (10, 'exclusion');
INSERT INTO fact_kind VALUES (-1, 'identity'), (0, 'company_identifier');

CREATE INDEX told ON fact_attestation (attestation, version, place) WHERE retracted_at IS NULL;

-- Derived, and filled when the next step is taken.
DELETE FROM search_key;
DROP TABLE identifier;
CREATE TABLE identity_key (
    key     TEXT NOT NULL,
    kind    INTEGER NOT NULL,  -- of the subject
    subject INTEGER NOT NULL,
    facts   INTEGER NOT NULL,  -- how many standing facts give the key
    PRIMARY KEY (key, kind, subject)
) STRICT, WITHOUT ROWID;

-- From which ids of imported people and companies are made, so that nobody can guess them.
CREATE TABLE secret (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    value BLOB NOT NULL
) STRICT;
