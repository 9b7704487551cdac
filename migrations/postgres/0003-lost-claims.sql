ALTER TABLE upgrades ADD COLUMN lost_claims bigint NOT NULL DEFAULT 0;
