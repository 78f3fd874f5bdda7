-- Schema version 3: how strength is computed is kept.

INSERT INTO subject_kind VALUES (11, 'calibration');
