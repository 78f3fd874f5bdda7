// Schema 1. Each statement runs by itself; all may be run again.

CREATE CONSTRAINT subject_id IF NOT EXISTS FOR (n:Subject) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT person_id IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT company_id IF NOT EXISTS FOR (n:Company) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT fact_id IF NOT EXISTS FOR (n:Fact) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT teller_id IF NOT EXISTS FOR (n:Teller) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT batch_id IF NOT EXISTS FOR (n:Batch) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT meta_id IF NOT EXISTS FOR (n:Meta) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT epoch_version IF NOT EXISTS FOR (n:Epoch) REQUIRE n.version IS UNIQUE;
CREATE CONSTRAINT identity_key IF NOT EXISTS FOR (n:IdentityKey) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT erased_id IF NOT EXISTS FOR (n:Erased) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT tag_word IF NOT EXISTS FOR (n:Tag) REQUIRE n.word IS UNIQUE;
CREATE CONSTRAINT member_login IF NOT EXISTS FOR (n:Member) REQUIRE n.login IS UNIQUE;
CREATE CONSTRAINT token_hash IF NOT EXISTS FOR (n:Token) REQUIRE n.hash IS UNIQUE;
CREATE INDEX changed_version IF NOT EXISTS FOR (n:Changed) ON (n.version);
CREATE INDEX batch_version IF NOT EXISTS FOR (n:Batch) ON (n.version);
CREATE INDEX batch_at IF NOT EXISTS FOR (n:Batch) ON (n.at);
CREATE INDEX fact_at IF NOT EXISTS FOR (n:Fact) ON (n.at);
CREATE INDEX teller_import IF NOT EXISTS FOR (n:Teller) ON (n.import);
CREATE INDEX teller_recorder IF NOT EXISTS FOR (n:Teller) ON (n.recorder);
CREATE INDEX person_name IF NOT EXISTS FOR (n:Person) ON (n.name);
CREATE INDEX company_name IF NOT EXISTS FOR (n:Company) ON (n.name);
CREATE INDEX contacted_fact IF NOT EXISTS FOR ()-[r:CONTACTED]-() ON (r.fact_id);
CREATE INDEX unseen_contact_fact IF NOT EXISTS FOR ()-[r:UNSEEN_CONTACT]-() ON (r.fact_id);
CREATE INDEX connector_asked IF NOT EXISTS FOR ()-[r:CONNECTOR]-() ON (r.asked_at);
CREATE FULLTEXT INDEX fact_keys IF NOT EXISTS FOR (n:Fact) ON EACH [n.keys]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
