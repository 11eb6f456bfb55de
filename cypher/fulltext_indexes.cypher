// purpose: the full-text indexes that are in use
// parameters: none
// columns:
//   name: string

SHOW FULLTEXT INDEXES YIELD name;
