CREATE TABLE tenant (
  id {id},
  name_en {text} NOT NULL,
  name_zh {text} NOT NULL,
  created_at {text} NOT NULL
) {strict};

-- One row at most: the first administrator is made once, whichever process comes first.
CREATE TABLE first_start (
  id {int64} NOT NULL PRIMARY KEY CHECK (id = 1),
  made_at {text} NOT NULL
) {strict};

CREATE TABLE node (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  parent {int64} REFERENCES node (id),
  path {text} NOT NULL,
  kind {int64} NOT NULL,
  code {text} NOT NULL,
  code_key {text} NOT NULL,
  name_en {text} NOT NULL,
  name_zh {text} NOT NULL,
  region {text} NOT NULL,
  industry {text} NOT NULL,
  valid_from {text} NOT NULL,
  valid_to {text},
  equity_ppm {int64},
  CHECK (valid_to IS NULL OR valid_to > valid_from),
  CHECK (equity_ppm IS NULL OR (equity_ppm > 0 AND equity_ppm <= 1000000)),
  UNIQUE (tenant, code_key)
) {strict};

CREATE INDEX node_path ON node (tenant, path);

-- node 0 is the whole tenant, so it is not a foreign key.
CREATE TABLE person (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  email {text} NOT NULL,
  email_key {text} NOT NULL UNIQUE,
  name {text} NOT NULL,
  role {int64} NOT NULL,
  node {int64} NOT NULL,
  language {int64} NOT NULL,
  password_hash {text} NOT NULL,
  created_at {text} NOT NULL,
  disabled_at {text}
) {strict};

CREATE INDEX person_tenant ON person (tenant);

-- email_hash: people type passwords into the wrong field, and this table also holds addresses that belong to nobody.
CREATE TABLE sign_in_gate (
  email_hash {text} NOT NULL PRIMARY KEY,
  failures {text} NOT NULL,
  changed_at {text} NOT NULL
) {strict};

CREATE INDEX sign_in_gate_changed ON sign_in_gate (changed_at);

CREATE TABLE session (
  token_hash {text} NOT NULL PRIMARY KEY,
  tenant {int64} NOT NULL REFERENCES tenant (id),
  person {int64} NOT NULL REFERENCES person (id),
  opened_at {text} NOT NULL,
  expires_at {text} NOT NULL,
  revoked_at {text}
) {strict};

CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE audit (
  tenant {int64} NOT NULL REFERENCES tenant (id),
  seq {int64} NOT NULL,
  at {text} NOT NULL,
  person {int64} NOT NULL,
  person_name {text} NOT NULL,
  verb {text} NOT NULL,
  subject {text} NOT NULL,
  detail {text} NOT NULL,
  hash {bytes} NOT NULL,
  PRIMARY KEY (tenant, seq)
) {strict};

-- The end of each tenant's chain. Its row is the lock under which the tenant's audited changes follow one another, and it shows
-- when the last rows of the log have been cut off.
CREATE TABLE audit_head (
  tenant {int64} NOT NULL PRIMARY KEY REFERENCES tenant (id),
  seq {int64} NOT NULL,
  hash {bytes} NOT NULL
) {strict};

CREATE TABLE evidence_file (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  node {int64} NOT NULL,
  hash {text} NOT NULL,
  name {text} NOT NULL,
  media_type {text} NOT NULL,
  size {int64} NOT NULL,
  added_by {int64} NOT NULL,
  added_at {text} NOT NULL,
  UNIQUE (tenant, hash, node)
) {strict};
