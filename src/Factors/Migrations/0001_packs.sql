-- tenant 0 is the installation: the packs that ship with the product, every edition of them that was ever started here.
-- hash is that of the pack's normal form (PackFile.Write), kept in the blobs under the same name.
CREATE TABLE pack (
  id {id},
  tenant {int64} NOT NULL,
  code {text} NOT NULL,
  version {text} NOT NULL,
  hash {text} NOT NULL,
  file_name {text} NOT NULL,
  file_hash {text} NOT NULL,
  versions {int64} NOT NULL,
  imported_at {text} NOT NULL,
  imported_by {int64} NOT NULL,
  imported_by_name {text} NOT NULL,
  UNIQUE (tenant, hash)
) {strict};

CREATE TABLE pack_quarantine (
  pack {int64} NOT NULL REFERENCES pack (id),
  place {int64} NOT NULL,
  row_number {int64},
  column_name {text},
  code {text} NOT NULL,
  found {text},
  args {text} NOT NULL,
  PRIMARY KEY (pack, place)
) {keyed};
