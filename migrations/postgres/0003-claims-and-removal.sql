ALTER TABLE upgrades ADD COLUMN lost_claims bigint NOT NULL DEFAULT 0;
CREATE TABLE removed_upgrades (
  tenant text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  last_revision bigint NOT NULL,
  PRIMARY KEY (tenant, name)
);
