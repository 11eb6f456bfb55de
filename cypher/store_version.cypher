// purpose: the version of the store in this database; no row where there is none
// parameters: none
// columns:
//   version: integer

MATCH (s:Store {id: 'papergraph'}) RETURN s.version AS version;
