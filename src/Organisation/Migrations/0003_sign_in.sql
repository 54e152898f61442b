-- Sessions are short-lived: this change signs everybody in anew instead of carrying rows that lack half of what is now shown.
DROP TABLE session;

-- address and agent say where it was opened: the address as seen by the server, browser and platform in words.
CREATE TABLE session (
  id {id},
  token_hash {text} NOT NULL UNIQUE,
  tenant {int64} NOT NULL REFERENCES tenant (id),
  person {int64} NOT NULL REFERENCES person (id),
  method {text} NOT NULL,
  address {text} NOT NULL,
  agent {text} NOT NULL,
  opened_at {text} NOT NULL,
  seen_at {text} NOT NULL,
  expires_at {text} NOT NULL,
  revoked_at {text}
) {strict};

CREATE INDEX session_person ON session (tenant, person);
CREATE INDEX session_expires ON session (expires_at);

-- A gate now stands before an e-mail address, a network address, a known browser or a passkey.
ALTER TABLE sign_in_gate RENAME COLUMN email_hash TO gate;
DELETE FROM sign_in_gate;

-- handle: what an authenticator keeps of its owner; the same for all passkeys of a person, and nothing that says who it is.
CREATE TABLE passkey (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  person {int64} NOT NULL REFERENCES person (id),
  handle {text} NOT NULL,
  credential {text} NOT NULL UNIQUE,
  public_key {bytes} NOT NULL,
  sign_count {int64} NOT NULL,
  transports {text} NOT NULL,
  user_verified {int64} NOT NULL,
  backup_eligible {int64} NOT NULL,
  backed_up {int64} NOT NULL,
  name {text} NOT NULL,
  created_at {text} NOT NULL,
  used_at {text}
) {strict};

CREATE INDEX passkey_person ON passkey (tenant, person);
CREATE INDEX passkey_handle ON passkey (handle);

-- Questions that were answered, kept until they would have run out: an answer counts once.
CREATE TABLE passkey_answer (
  question {text} NOT NULL PRIMARY KEY,
  expires_at {text} NOT NULL
) {strict};

CREATE INDEX passkey_answer_expires ON passkey_answer (expires_at);
