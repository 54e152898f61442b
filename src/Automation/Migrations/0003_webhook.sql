-- secret, secret_before: sealed by the host's key ring; the one before still signs until its time is over.
-- since: the audit log's end when it was made; what was before is not told.
CREATE TABLE webhook (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  node {int64} NOT NULL,
  name {text} NOT NULL,
  url {text} NOT NULL,
  events {text} NOT NULL,
  secret {bytes} NOT NULL,
  secret_before {bytes},
  secret_before_until {text},
  state {int64} NOT NULL,               -- 0 active, 1 paused by a person, 2 switched off after failures
  failures {int64} NOT NULL,            -- deliveries given up since the last that arrived
  since {int64} NOT NULL,
  created_by_name {text} NOT NULL,
  created_at {text} NOT NULL,
  removed_at {text}
) {strict};

CREATE INDEX webhook_tenant ON webhook (tenant, id);

-- How far a tenant's audit log has been turned into deliveries. The log is written in the transaction of what happened, so nothing is missed.
CREATE TABLE webhook_cursor (
  tenant {int64} NOT NULL PRIMARY KEY REFERENCES tenant (id),
  seq {int64} NOT NULL
) {strict};

CREATE TABLE webhook_delivery (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  webhook {int64} NOT NULL REFERENCES webhook (id),
  event {text} NOT NULL,
  event_key {text} NOT NULL,
  body {text} NOT NULL,
  state {int64} NOT NULL,               -- 0 on its way, 1 arrived, 2 given up
  made_at {text} NOT NULL,
  tried_at {text},
  next_at {text},
  attempts {int64} NOT NULL,
  status {int64},
  answer {text} NOT NULL,
  UNIQUE (webhook, event_key)
) {strict};

CREATE INDEX webhook_delivery_tenant ON webhook_delivery (tenant, webhook, id);
