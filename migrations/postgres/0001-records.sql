CREATE TABLE upgrades (
  tenant text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  document text COLLATE "C" NOT NULL,
  registered_ms bigint NOT NULL,
  changed_ms bigint NOT NULL,
  due_ms bigint,
  trouble text COLLATE "C",
  lease_holder text COLLATE "C",
  lease_until_ms bigint,
  last_revision bigint NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE INDEX upgrades_by_registration ON upgrades (tenant, registered_ms, name);
CREATE INDEX upgrades_by_due ON upgrades (due_ms);

CREATE TABLE reports (
  tenant text COLLATE "C" NOT NULL,
  upgrade text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  made_ms bigint NOT NULL,
  verdict text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  is_final boolean NOT NULL,
  document text COLLATE "C",
  PRIMARY KEY (tenant, upgrade, revision)
);

CREATE TABLE changes (
  tenant text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  at_ms bigint NOT NULL,
  received_ms bigint NOT NULL,
  source text COLLATE "C" NOT NULL,
  change text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX changes_by_time ON changes (tenant, at_ms, id);

CREATE TABLE slos (
  tenant text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  document text COLLATE "C" NOT NULL,
  changed_ms bigint NOT NULL,
  PRIMARY KEY (tenant, name)
);

CREATE TABLE tokens (
  id text COLLATE "C" NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  scopes text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  created_ms bigint NOT NULL,
  revoked_ms bigint,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);

CREATE TABLE answers (
  tenant text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  request_hash text COLLATE "C" NOT NULL,
  status bigint NOT NULL,
  body text COLLATE "C" NOT NULL,
  until_ms bigint NOT NULL,
  PRIMARY KEY (tenant, idempotency_key)
);
CREATE INDEX answers_by_end ON answers (until_ms);
