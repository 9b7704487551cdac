CREATE TABLE upgrades (
  tenant text NOT NULL,
  name text NOT NULL,
  document text NOT NULL,
  registered_ms integer NOT NULL,
  changed_ms integer NOT NULL,
  due_ms integer,
  trouble text,
  lease_holder text,
  lease_until_ms integer,
  last_revision integer NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE INDEX upgrades_by_registration ON upgrades (tenant, registered_ms, name);
CREATE INDEX upgrades_by_due ON upgrades (due_ms);

CREATE TABLE reports (
  tenant text NOT NULL,
  upgrade text NOT NULL,
  revision integer NOT NULL,
  made_ms integer NOT NULL,
  verdict text NOT NULL,
  digest text NOT NULL,
  is_final integer NOT NULL,
  document text,
  PRIMARY KEY (tenant, upgrade, revision)
);

CREATE TABLE changes (
  tenant text NOT NULL,
  id text NOT NULL,
  at_ms integer NOT NULL,
  received_ms integer NOT NULL,
  source text NOT NULL,
  change text NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX changes_by_time ON changes (tenant, at_ms, id);

CREATE TABLE slos (
  tenant text NOT NULL,
  name text NOT NULL,
  document text NOT NULL,
  changed_ms integer NOT NULL,
  PRIMARY KEY (tenant, name)
);

CREATE TABLE tokens (
  id text NOT NULL,
  tenant text NOT NULL,
  name text NOT NULL,
  scopes text NOT NULL,
  hash text NOT NULL,
  created_ms integer NOT NULL,
  revoked_ms integer,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);

CREATE TABLE answers (
  tenant text NOT NULL,
  idempotency_key text NOT NULL,
  request_hash text NOT NULL,
  status integer NOT NULL,
  body text NOT NULL,
  until_ms integer NOT NULL,
  PRIMARY KEY (tenant, idempotency_key)
);
CREATE INDEX answers_by_end ON answers (until_ms);
