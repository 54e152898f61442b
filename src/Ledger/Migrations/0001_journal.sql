-- Months are numbers (year * 12 + month - 1), days are numbers too (days since 0001-01-01): a year of data has a million of them.
-- Masses are mg, energy Wh.

CREATE TABLE batch (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  kind {int64} NOT NULL,
  state {int64} NOT NULL,               -- 0 open, 1 sealed, 2 dropped
  node {int64} NOT NULL,                -- the part of the organisation its maker was limited to; 0 is the whole tenant
  file_name {text} NOT NULL,
  file_hash {text} NOT NULL,
  client_key {text},
  reason {text} NOT NULL,
  rows {int64} NOT NULL,
  refused {int64} NOT NULL,
  postings {int64} NOT NULL,
  opened_at {text} NOT NULL,
  opened_by {int64} NOT NULL,
  opened_by_name {text} NOT NULL,
  touched_at {text} NOT NULL,           -- an open batch that nobody touches was left by a crash
  sealed_at {text},
  seq {int64},                          -- 1, 2, 3 ... of the sealed batches of a tenant
  root {bytes},                         -- Merkle root over the batch's rows
  previous {bytes},                     -- chain of the sealed batch before
  chain {bytes},                        -- SHA-256 over previous, root and what the batch says of itself
  magnitude {real64},                   -- sum of all amounts up to here without their signs: far below 2^63, no balance can leave 64 bits
  cleared {int64} NOT NULL              -- it was dropped and nothing of it is left
) {strict};

CREATE UNIQUE INDEX batch_seq ON batch (tenant, seq);
-- The same file is in the book once, also when it comes twice at the same moment. 0 is an import.
CREATE UNIQUE INDEX batch_file ON batch (tenant, file_hash) WHERE kind = 0 AND state < 2;
CREATE UNIQUE INDEX batch_client ON batch (tenant, client_key) WHERE state < 2;
CREATE INDEX batch_state ON batch (state, cleared);

-- code is what files call it and stays; name is what people see. batch made it: until that is sealed, nobody sees it.
CREATE TABLE emission_source (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  site {int64} NOT NULL REFERENCES node (id),
  code {text} NOT NULL,
  name {text} NOT NULL,
  batch {int64} REFERENCES batch (id),
  made_at {text} NOT NULL,
  UNIQUE (tenant, site, code)
) {strict};

CREATE INDEX emission_source_batch ON emission_source (batch);

-- The packs, by hash, that a calculation could look in: with it the same matching can be done again.
CREATE TABLE factor_set (
  id {id},
  hash {bytes} NOT NULL UNIQUE,
  packs {text} NOT NULL
) {strict};

-- What a posting pins. From it and the activity's quantity and period the explanation is computed again.
CREATE TABLE calculation (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  hash {bytes} NOT NULL,
  activity {text} NOT NULL,
  unit {text} NOT NULL,
  region {text} NOT NULL,
  on_day {text} NOT NULL,
  days {int64} NOT NULL,
  factor {text} NOT NULL,
  scope {int64} NOT NULL,
  category3 {int64} NOT NULL,
  measured {text} NOT NULL,
  factors {text} NOT NULL,
  factor_set {int64} NOT NULL REFERENCES factor_set (id),
  code_version {text} NOT NULL,
  UNIQUE (tenant, hash)
) {strict};

CREATE TABLE activity (
  tenant {int64} NOT NULL,
  batch {int64} NOT NULL,
  row_number {int64} NOT NULL,
  site {int64} NOT NULL,
  source {int64} NOT NULL,
  calculation {int64} NOT NULL,
  first_day {int64} NOT NULL,
  last_day {int64} NOT NULL,
  quantity {real64} NOT NULL,
  quality {int64} NOT NULL,
  uncertainty_percent {real64},
  own_postings {int64} NOT NULL,        -- of the row's postings the first so many are its own, the rest take another back
  evidence {text},
  supplier {text},
  note {text},
  PRIMARY KEY (tenant, batch, row_number)
) {keyed};

-- line counts the postings of a row; part is the place in the calculation that a posting comes from.
CREATE TABLE posting (
  tenant {int64} NOT NULL,
  batch {int64} NOT NULL,
  row_number {int64} NOT NULL,
  line {int64} NOT NULL,
  site {int64} NOT NULL,
  source {int64} NOT NULL,
  calculation {int64} NOT NULL,
  part {int64} NOT NULL,
  account {int64} NOT NULL,
  month {int64} NOT NULL,
  route {int64} NOT NULL,
  fixed_gwp {int64} NOT NULL,
  quality {int64} NOT NULL,
  evidenced {int64} NOT NULL,
  other_gas {int64} NOT NULL,
  co2_mg {int64} NOT NULL,
  co2_bio_mg {int64} NOT NULL,
  ch4_fossil_mg {int64} NOT NULL,
  ch4_nonfossil_mg {int64} NOT NULL,
  ch4_mg {int64} NOT NULL,
  n2o_mg {int64} NOT NULL,
  other_mg {int64} NOT NULL,
  co2e_mg {int64} NOT NULL,
  energy_wh {int64} NOT NULL,
  PRIMARY KEY (tenant, batch, row_number, line)
) {keyed};

-- The activity (target_batch, target_row) is taken back by the postings of (batch, row_number), once at most. What stood before and
-- what stands after are the two rows themselves; who and when are the batch's.
CREATE TABLE correction (
  tenant {int64} NOT NULL,
  target_batch {int64} NOT NULL,
  target_row {int64} NOT NULL,
  batch {int64} NOT NULL,
  row_number {int64} NOT NULL,
  reason {text} NOT NULL,
  PRIMARY KEY (tenant, target_batch, target_row)
) {keyed};

CREATE INDEX correction_by ON correction (tenant, batch, row_number);

CREATE TABLE refused_row (
  tenant {int64} NOT NULL,
  batch {int64} NOT NULL,
  place {int64} NOT NULL,
  row_number {int64},
  column_name {text},
  code {text} NOT NULL,
  found {text},
  args {text} NOT NULL,
  PRIMARY KEY (tenant, batch, place)
) {keyed};

CREATE TABLE batch_site (
  tenant {int64} NOT NULL,
  batch {int64} NOT NULL,
  site {int64} NOT NULL,
  rows {int64} NOT NULL,
  first_month {int64} NOT NULL,
  last_month {int64} NOT NULL,
  PRIMARY KEY (tenant, batch, site)
) {keyed};

CREATE INDEX batch_site_site ON batch_site (tenant, site, batch);

-- Running sums. Site and month lead the key: a statement reads a subtree's sites over a span of months. batch 0 holds the sums of all small batches
-- together; a large one keeps its own, written before it is sealed and counted from that moment on, so that sealing a million rows is as short
-- as sealing one.
CREATE TABLE balance_sum (
  tenant {int64} NOT NULL,
  site {int64} NOT NULL,
  month {int64} NOT NULL,
  source {int64} NOT NULL,
  calculation {int64} NOT NULL,
  part {int64} NOT NULL,
  account {int64} NOT NULL,
  route {int64} NOT NULL,
  fixed_gwp {int64} NOT NULL,
  quality {int64} NOT NULL,
  evidenced {int64} NOT NULL,
  other_gas {int64} NOT NULL,
  batch {int64} NOT NULL,
  co2_mg {int64} NOT NULL,
  co2_bio_mg {int64} NOT NULL,
  ch4_fossil_mg {int64} NOT NULL,
  ch4_nonfossil_mg {int64} NOT NULL,
  ch4_mg {int64} NOT NULL,
  n2o_mg {int64} NOT NULL,
  other_mg {int64} NOT NULL,
  co2e_mg {int64} NOT NULL,
  energy_wh {int64} NOT NULL,
  PRIMARY KEY (tenant, site, month, source, calculation, part, account, route, fixed_gwp, quality, evidenced, other_gas, batch)
) {keyed};

-- What readers read. A key may stand in it more than once; its sum is the balance.
CREATE VIEW balance AS
SELECT tenant, site, month, source, calculation, part, account, route, fixed_gwp, quality, evidenced, other_gas,
       co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh
FROM balance_sum WHERE batch = 0 OR batch IN (SELECT id FROM batch WHERE state = 1);
