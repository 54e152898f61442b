-- state: 0 waiting until somebody has looked at what it changes, 1 serving, 3 rejected. (2, replaced, is what a serving edition becomes when a later one
-- repeats its versions; it follows from the others and is not stored.) What was here before editions waited goes on serving.
-- served: the order in which editions began to serve; the later one stands in place of the earlier whose versions it repeats.
-- identity: publisher, licence and attribution of the pack as JSON, so that a list need not read the files.
ALTER TABLE pack ADD COLUMN state {int64} NOT NULL DEFAULT 1;
ALTER TABLE pack ADD COLUMN served {int64};
ALTER TABLE pack ADD COLUMN decided_at {text};
ALTER TABLE pack ADD COLUMN decided_by {int64};
ALTER TABLE pack ADD COLUMN decided_by_name {text};
ALTER TABLE pack ADD COLUMN reason {text};
ALTER TABLE pack ADD COLUMN identity {text};
UPDATE pack SET served = id;

-- revision: counts every change of what a tenant calculates with, so that a process sees at one glance whether what it holds is still right.
-- four_eyes: 1 where who imported an edition may not let it serve.
CREATE TABLE factor_setting (
  tenant {int64} NOT NULL PRIMARY KEY,
  revision {int64} NOT NULL,
  four_eyes {int64} NOT NULL
) {strict};

-- Packs that a tenant has switched off for matching, by code: a share-alike set that must not enter its figures, for example.
CREATE TABLE pack_off (
  tenant {int64} NOT NULL,
  code {text} NOT NULL,
  off_at {text} NOT NULL,
  off_by_name {text} NOT NULL,
  reason {text} NOT NULL,
  PRIMARY KEY (tenant, code)
) {keyed};
