ALTER TABLE upgrades ADD COLUMN lost_claims integer NOT NULL DEFAULT 0;
CREATE TABLE removed_upgrades (
  tenant text NOT NULL,
  name text NOT NULL,
  last_revision integer NOT NULL,
  PRIMARY KEY (tenant, name)
);
