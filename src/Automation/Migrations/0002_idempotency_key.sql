-- What was answered to a request that named itself, so that the same request again is answered alike. request marks the audit rows of what it did.
CREATE TABLE idempotency_key (
  tenant {int64} NOT NULL REFERENCES tenant (id),
  person {int64} NOT NULL,
  route {text} NOT NULL,
  key {text} NOT NULL,
  request {text} NOT NULL,
  body_hash {text} NOT NULL,
  since {int64} NOT NULL,               -- the audit log's end before it began
  state {int64} NOT NULL,               -- 0 begun, 1 answered
  until_at {text} NOT NULL,             -- begun: whoever is not heard of by then has died; answered: kept so long
  status {int64} NOT NULL,
  headers {text} NOT NULL,
  body {bytes} NOT NULL,                -- sealed by the host: an answer may hold a secret that is shown once
  PRIMARY KEY (tenant, person, route, key)
) {keyed};

CREATE INDEX idempotency_key_until ON idempotency_key (until_at);
