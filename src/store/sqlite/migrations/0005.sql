-- Schema version 5: people can be erased; members keep rules about what they show, and notes.

INSERT INTO subject_kind VALUES (13, 'erasure'), (14, 'audience_rule');
INSERT INTO fact_kind VALUES (-3, 'note');

-- Under which ids nobody may be told of: people who were erased, while an exclusion says so.
-- Derived from the exclusions.
CREATE TABLE erased (
    person BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
