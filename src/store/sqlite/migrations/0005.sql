-- Schema version 5: who comes in, and who did what.

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
