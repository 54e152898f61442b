-- node 0 is the whole tenant, as for people. created_by 0 is the platform.
CREATE TABLE invitation (
  id {id},
  token_hash {text} NOT NULL UNIQUE,
  tenant {int64} NOT NULL REFERENCES tenant (id),
  email {text} NOT NULL,
  email_key {text} NOT NULL,
  role {int64} NOT NULL,
  node {int64} NOT NULL,
  language {int64} NOT NULL,
  created_at {text} NOT NULL,
  created_by {int64} NOT NULL,
  created_by_name {text} NOT NULL,
  expires_at {text} NOT NULL,
  accepted_at {text},
  revoked_at {text}
) {strict};

CREATE INDEX invitation_tenant ON invitation (tenant, email_key);

-- When each person last signed in, read from the log itself.
CREATE INDEX audit_signed_in ON audit (tenant, person, at) WHERE verb = 'session.open';
