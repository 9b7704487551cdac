ALTER TABLE upgrades ADD COLUMN lost_claims integer NOT NULL DEFAULT 0;
