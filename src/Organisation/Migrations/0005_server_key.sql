-- The keys under which cookies are sealed, where several servers share one database: any of them reads what another has written. On SQLite they lie in the data folder.
CREATE TABLE server_key (
  name {text} NOT NULL PRIMARY KEY,
  content {text} NOT NULL,
  made_at {text} NOT NULL
) {strict};
