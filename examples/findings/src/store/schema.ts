/** Whole and strict: SQLite then checks the types of values, and foreign keys that what a row names is there. */
export const SCHEMA = `
  CREATE TABLE repository (
    name TEXT PRIMARY KEY, url TEXT NOT NULL, language TEXT NOT NULL, defaultBranch TEXT NOT NULL,
    visibility TEXT NOT NULL, lastScannedAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE package (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, ecosystem TEXT NOT NULL, purl TEXT NOT NULL,
    license TEXT NOT NULL, relation TEXT NOT NULL, repository TEXT NOT NULL REFERENCES repository,
    UNIQUE (repository, purl)
  ) STRICT;
  CREATE TABLE cve (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, cwe TEXT NOT NULL, severity TEXT NOT NULL,
    score REAL NOT NULL, package TEXT NOT NULL, ecosystem TEXT NOT NULL, fixedIn TEXT NOT NULL, publishedAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE affected (
    packageId TEXT NOT NULL REFERENCES package, cveId TEXT NOT NULL REFERENCES cve, PRIMARY KEY (packageId, cveId)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX affected_by_cve ON affected (cveId);
  CREATE TABLE finding (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL,
    repository TEXT NOT NULL REFERENCES repository, location TEXT NOT NULL, package TEXT, version TEXT, fixedIn TEXT,
    cve TEXT REFERENCES cve, description TEXT NOT NULL, firstSeen TEXT NOT NULL,
    acknowledgedBy TEXT, acknowledgedAt TEXT, note TEXT
  ) STRICT;
  CREATE TABLE dast_result (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, cwe TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL,
    repository TEXT NOT NULL REFERENCES repository, target TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    parameter TEXT, evidence TEXT NOT NULL, foundAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE scan (
    id INTEGER PRIMARY KEY, startedBy TEXT NOT NULL, startedAt TEXT NOT NULL, repositories INTEGER NOT NULL
  ) STRICT;
`
