-- Schema version 2: imports are kept, and what one of them told can be found to take it back.

INSERT INTO subject_kind VALUES (9, 'import');

CREATE INDEX told ON fact_attestation (attestation, version, place) WHERE retracted_at IS NULL;
