// purpose: make the store known, once its schema stands
// parameters:
//   version: integer, the schema's version
// columns: none

MERGE (s:Store {id: 'papergraph'}) ON CREATE SET s.changeSets = 0 SET s.version = $version;
