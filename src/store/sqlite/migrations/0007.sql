-- Schema version 7: whoever does not want to be asked is found at once.

CREATE INDEX ask_limit ON fact (id) WHERE kind = 8;
