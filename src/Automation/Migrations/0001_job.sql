-- due_at: when a worker may take the job. Of a waiting one its time, of a running one the end of its worker's lease.
-- fence: raised at every taking; whoever writes with an older number has lost the job.
CREATE TABLE job (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  person {int64} NOT NULL,
  person_name {text} NOT NULL,
  role {int64} NOT NULL,
  node {int64} NOT NULL,
  allowed {text} NOT NULL,              -- rights that a token left its holder, joined by blanks; empty where no token limits them
  by_token {int64} NOT NULL,
  language {int64} NOT NULL,
  kind {text} NOT NULL,
  title {text} NOT NULL,
  payload {text} NOT NULL,
  quiet {int64} NOT NULL,               -- its end is nobody's news
  state {int64} NOT NULL,               -- 0 waiting, 1 running, 2 done, 3 failed, 4 cancelled
  due_at {text} NOT NULL,
  queued_at {text} NOT NULL,
  started_at {text},
  ended_at {text},
  cancel_asked {int64} NOT NULL,
  attempts {int64} NOT NULL,
  fence {int64} NOT NULL,
  worker {text} NOT NULL,
  done {int64} NOT NULL,
  total {int64},
  step {text} NOT NULL,
  result {text} NOT NULL,
  problems {text} NOT NULL
) {strict};

CREATE INDEX job_due ON job (due_at) WHERE state < 2;
CREATE INDEX job_person ON job (tenant, person, id);
