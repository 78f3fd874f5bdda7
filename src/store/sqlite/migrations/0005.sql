-- Schema version 5: people can be erased.

INSERT INTO subject_kind VALUES (13, 'erasure');

-- Under which ids nobody may be told of: people who were erased, while an exclusion says so.
-- Derived from the exclusions.
CREATE TABLE erased (
    person BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
