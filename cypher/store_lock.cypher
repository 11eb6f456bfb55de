// purpose: take the write lock of the store until the transaction ends, so that one writer works at a time; give the number of its newest change set
// parameters: none
// columns:
//   number: integer, 0 before the first

MATCH (s:Store {id: 'papergraph'}) SET s.changeSets = s.changeSets RETURN s.changeSets AS number;
