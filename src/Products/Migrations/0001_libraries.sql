-- A library: an imported database, or what a tenant makes itself (own = 1). Ids of processes and flows are library * 2^24 + place, so that the rows of a library are one range
-- of every table, and an id is never given twice.
CREATE TABLE lca_library (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  key {text} NOT NULL,                  -- what ids that mean something in this library only are qualified by; editions of the same library share it
  name {text} NOT NULL,
  version {text} NOT NULL,
  format {text} NOT NULL,
  file_name {text} NOT NULL,
  file_hash {text},                     -- the file is kept in the blobs; null for a tenant's own
  licence {text} NOT NULL,
  rights {int64} NOT NULL,              -- 0 open, 1 licensed: inventories stay here, 2 sealed: calculated values stay here too
  own {int64} NOT NULL,
  state {int64} NOT NULL,               -- 0 being imported, 1 there, 2 dropped, 3 retired
  client_key {text},
  revision {int64} NOT NULL,            -- counts every change of what the library holds
  content {bytes},                      -- SHA-256 over the ids and hashes of its current process versions
  next_process {int64} NOT NULL,
  next_flow {int64} NOT NULL,
  processes {int64} NOT NULL,
  flows {int64} NOT NULL,
  exchanges {int64} NOT NULL,
  methods {int64} NOT NULL,
  notes {int64} NOT NULL,
  link {text},                          -- what linking it alone gave, as JSON
  made_at {text} NOT NULL,
  made_by {int64} NOT NULL,
  made_by_name {text} NOT NULL,
  touched_at {text} NOT NULL,           -- an import that nobody touches was left by a crash
  cleared {int64} NOT NULL              -- it was dropped and nothing of it is left
) {strict};

CREATE INDEX lca_library_tenant ON lca_library (tenant, state);
CREATE INDEX lca_library_state ON lca_library (state, cleared);
-- The same file is there once, also when it comes twice at the same moment.
CREATE UNIQUE INDEX lca_library_file ON lca_library (tenant, file_hash) WHERE state < 2;
CREATE UNIQUE INDEX lca_library_client ON lca_library (tenant, client_key) WHERE state < 2;

-- A process with the columns of its current version that people search by.
CREATE TABLE lca_process (
  id {int64} NOT NULL PRIMARY KEY,
  tenant {int64} NOT NULL,
  library {int64} NOT NULL,
  uid {text} NOT NULL,                  -- UUID
  source_id {text} NOT NULL,            -- as the file writes it
  version {int64} NOT NULL,             -- the current one
  state {int64} NOT NULL,               -- 1 there, 2 retired
  rights {int64} NOT NULL,              -- the dataset's own, or those of what it was copied from
  name {text} NOT NULL,
  location {text} NOT NULL,
  category {text} NOT NULL,
  kind {int64} NOT NULL,
  reference_flow {text} NOT NULL,
  reference_name {text} NOT NULL,
  unit {text} NOT NULL,
  amount {real64},
  exchanges {int64} NOT NULL,
  from_library {int64},                 -- what it was copied from
  from_process {text},
  from_version {int64},
  from_sha256 {bytes}
) {strict};

CREATE INDEX lca_process_uid ON lca_process (tenant, uid);

-- One state of a process. Rows are only added.
CREATE TABLE lca_process_version (
  process {int64} NOT NULL REFERENCES lca_process (id),
  number {int64} NOT NULL,
  tenant {int64} NOT NULL,
  sha256 {bytes} NOT NULL,              -- of the document's text
  document {bytes} NOT NULL,
  made_at {text} NOT NULL,
  made_by {int64} NOT NULL,
  made_by_name {text} NOT NULL,
  reason {text} NOT NULL,
  restores {int64},                     -- the version that this one takes up again
  PRIMARY KEY (process, number)
) {strict};

CREATE TABLE lca_flow (
  id {int64} NOT NULL PRIMARY KEY,
  tenant {int64} NOT NULL,
  library {int64} NOT NULL,
  uid {text} NOT NULL,
  source_id {text} NOT NULL,
  name {text} NOT NULL,
  kind {int64} NOT NULL,
  unit {text} NOT NULL,
  category {text} NOT NULL,
  compartment {text} NOT NULL,
  subcompartment {text} NOT NULL,
  cas {text},
  location {text} NOT NULL,
  document {bytes} NOT NULL
) {strict};

CREATE INDEX lca_flow_uid ON lca_flow (tenant, uid);
CREATE INDEX lca_flow_cas ON lca_flow (tenant, cas);

-- Which current process versions have a flow, and whom they name as its provider (0 where nobody).
CREATE TABLE lca_use (
  flow {int64} NOT NULL,
  process {int64} NOT NULL,
  provider {int64} NOT NULL,
  input {int64} NOT NULL,
  tenant {int64} NOT NULL,
  PRIMARY KEY (flow, process, provider, input)
) {keyed};

CREATE INDEX lca_use_provider ON lca_use (provider, process) WHERE provider > 0;

-- The rest of a package: unit groups, flow properties, methods, systems, results, mappings, parameters.
CREATE TABLE lca_part (
  library {int64} NOT NULL REFERENCES lca_library (id),
  kind {text} NOT NULL,
  place {int64} NOT NULL,
  tenant {int64} NOT NULL,
  document {bytes} NOT NULL,
  PRIMARY KEY (library, kind, place)
) {strict};

-- What a reader could not take as it stood.
CREATE TABLE lca_note (
  library {int64} NOT NULL REFERENCES lca_library (id),
  place {int64} NOT NULL,
  tenant {int64} NOT NULL,
  row_number {int64},
  column_name {text},
  code {text} NOT NULL,
  found {text},
  args {text} NOT NULL,
  PRIMARY KEY (library, place)
) {keyed};
