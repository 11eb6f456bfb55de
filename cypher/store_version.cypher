// purpose: the version of the store in this database; no row where there is none
// parameters: none
// columns:
//   version: integer
//   restoring: string or null, how far a restoring is that has not ended

MATCH (s:Store {id: 'papergraph'}) RETURN s.version AS version, s.restoring AS restoring;
