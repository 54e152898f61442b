-- An impact assessment method of a tenant: imported from its publisher's file, or its own (own = 1).
CREATE TABLE lca_method (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  uid {text} NOT NULL,                  -- UUID
  version {int64} NOT NULL,             -- the current one
  own {int64} NOT NULL,
  state {int64} NOT NULL,               -- 1 there, 2 retired
  from_method {text},                   -- what it was copied from: a built-in method's id or a method's number
  from_version {int64}
) {strict};

CREATE UNIQUE INDEX lca_method_uid ON lca_method (tenant, uid);

-- One state of a method with the sets that normalise and weight it. Rows are only added.
CREATE TABLE lca_method_version (
  method {int64} NOT NULL REFERENCES lca_method (id),
  number {int64} NOT NULL,
  tenant {int64} NOT NULL,
  sha256 {bytes} NOT NULL,              -- of the method in its canonical form
  name {text} NOT NULL,
  edition {text} NOT NULL,              -- version as its publisher calls it
  indicators {int64} NOT NULL,
  factors {int64} NOT NULL,
  sets {int64} NOT NULL,
  repeated {int64} NOT NULL,            -- pairs of flow and indicator that the file listed more than once with different values
  rights {int64} NOT NULL,              -- 0 open, 1 licensed: its factors stay here, 2 sealed: what is calculated with them too
  licence {text} NOT NULL,
  format {text} NOT NULL,
  file_name {text} NOT NULL,
  file_hash {text},                     -- the file is kept in the blobs; null where there is none
  document {bytes} NOT NULL,
  made_at {text} NOT NULL,
  made_by {int64} NOT NULL,
  made_by_name {text} NOT NULL,
  reason {text} NOT NULL,
  PRIMARY KEY (method, number)
) {strict};

-- One version of an elementary-flow mapping table. Versions of a table share its name. Rows are only added.
CREATE TABLE lca_mapping (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  name {text} NOT NULL,
  number {int64} NOT NULL,
  sha256 {bytes} NOT NULL,
  sources {text} NOT NULL,              -- the lists that it maps from and to, as the file calls them
  targets {text} NOT NULL,
  flows {int64} NOT NULL,
  rights {int64} NOT NULL,
  file_name {text} NOT NULL,
  file_hash {text},
  document {bytes} NOT NULL,
  made_at {text} NOT NULL,
  made_by {int64} NOT NULL,
  made_by_name {text} NOT NULL
) {strict};

CREATE UNIQUE INDEX lca_mapping_number ON lca_mapping (tenant, name, number);
