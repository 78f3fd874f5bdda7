-- Schema version 3: how often somebody wants contact with a person.

INSERT INTO fact_kind VALUES (-2, 'cadence');
