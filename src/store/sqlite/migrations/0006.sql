-- Schema version 6: introductions are asked, answered and end; members set limits to being asked.

INSERT INTO subject_kind VALUES (15, 'ask_rules');

-- A request is open until its introduction expires, if it does.
DROP INDEX ask_of_introduction;
DROP TABLE ask;
CREATE TABLE ask (
    connector    BLOB NOT NULL,
    at           INTEGER NOT NULL,
    introduction INTEGER NOT NULL REFERENCES subject,
    seeker       BLOB NOT NULL,
    open         INTEGER NOT NULL,
    expires_at   INTEGER,
    PRIMARY KEY (connector, at, introduction)
) STRICT, WITHOUT ROWID;
CREATE INDEX ask_of_introduction ON ask (introduction);

-- Who has a part in an introduction: the people of its route, and the members who let it through.
-- Derived from the introductions.
CREATE TABLE party (
    who          INTEGER NOT NULL REFERENCES subject,
    introduction INTEGER NOT NULL REFERENCES subject,
    PRIMARY KEY (who, introduction)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_of_introduction ON party (introduction);

-- About which introductions a member keeps silent. It is no change: no version, no revision and no
-- batch tells of it.
CREATE TABLE silence (
    introduction INTEGER NOT NULL REFERENCES subject,
    owner        INTEGER NOT NULL REFERENCES subject,
    at           INTEGER NOT NULL,
    PRIMARY KEY (introduction, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX silence_of_owner ON silence (owner);
