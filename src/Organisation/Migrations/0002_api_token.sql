-- person 0: the token is a device's own. node 0 is the whole tenant, as for people. rights: names joined by blanks.
CREATE TABLE api_token (
  id {id},
  token_hash {text} NOT NULL UNIQUE,
  tenant {int64} NOT NULL REFERENCES tenant (id),
  person {int64} NOT NULL,
  name {text} NOT NULL,
  hint {text} NOT NULL,
  rights {text} NOT NULL,
  node {int64} NOT NULL,
  created_by {int64} NOT NULL,
  created_at {text} NOT NULL,
  expires_at {text} NOT NULL,
  last_used_at {text},
  refused_at {text},
  revoked_at {text}
) {strict};

CREATE INDEX api_token_person ON api_token (tenant, person);
