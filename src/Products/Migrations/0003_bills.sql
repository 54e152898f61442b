-- A bill of materials with the columns of its current version that lists show.
CREATE TABLE lca_bill (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  uid {text} NOT NULL,                  -- UUID of the process that it is calculated as
  version {int64} NOT NULL,             -- the current one
  state {int64} NOT NULL,               -- 1 there, 2 retired
  name {text} NOT NULL,
  amount {real64} NOT NULL,             -- so much of the product the lines are for
  unit {text} NOT NULL,
  lines {int64} NOT NULL,
  unmatched {int64} NOT NULL,           -- lines without a process or bill
  changed_at {text} NOT NULL,
  changed_by_name {text} NOT NULL
) {strict};

CREATE INDEX lca_bill_tenant ON lca_bill (tenant, state);

-- One state of a bill. Rows are only added.
CREATE TABLE lca_bill_version (
  bill {int64} NOT NULL REFERENCES lca_bill (id),
  number {int64} NOT NULL,
  tenant {int64} NOT NULL,
  sha256 {bytes} NOT NULL,              -- of the document's text
  document {bytes} NOT NULL,
  made_at {text} NOT NULL,
  made_by {int64} NOT NULL,
  made_by_name {text} NOT NULL,
  reason {text} NOT NULL,
  restores {int64},                     -- the version that this one takes up again
  PRIMARY KEY (bill, number)
) {strict};

-- Which bills the current version of a bill contains.
CREATE TABLE lca_bill_part (
  bill {int64} NOT NULL,
  part {int64} NOT NULL,
  tenant {int64} NOT NULL,
  PRIMARY KEY (bill, part)
) {keyed};

CREATE INDEX lca_bill_part_part ON lca_bill_part (part, bill);
