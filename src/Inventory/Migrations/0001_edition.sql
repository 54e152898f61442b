-- A statement frozen with everything needed to read it again. A row is written once and never changed.
CREATE TABLE edition (
  id {id},
  tenant {int64} NOT NULL REFERENCES tenant (id),
  number {int64} NOT NULL,              -- 1, 2, 3 ... within the tenant
  node {int64} NOT NULL,                -- top of the boundary; 0 is the whole tenant
  title {text} NOT NULL,
  entity_en {text} NOT NULL,
  entity_zh {text} NOT NULL,
  approach {text} NOT NULL,
  from_month {int64} NOT NULL,
  to_month {int64} NOT NULL,            -- the month after the last
  route {int64} NOT NULL,
  gwp {int64} NOT NULL,
  made_at {text} NOT NULL,
  made_by {int64} NOT NULL,
  made_by_name {text} NOT NULL,
  book_seq {int64} NOT NULL,            -- the last sealed batch that it rests on
  book_root {bytes} NOT NULL,
  book_chain {bytes} NOT NULL,
  previous {int64},                     -- number of the edition before it of the same entity and period
  hash {bytes} NOT NULL,                -- SHA-256 of content
  content {text} NOT NULL,              -- canonical JSON: cells, totals, caveats and all the above
  UNIQUE (tenant, number)
) {strict};

CREATE INDEX edition_period ON edition (tenant, node, from_month, to_month);
