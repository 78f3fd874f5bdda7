// Schema 2: whoever does not want to be asked is found at once.

CREATE INDEX fact_kind IF NOT EXISTS FOR (n:Fact) ON (n.kind);
