// purpose: take the write lock of the store until the transaction ends, so that one writer works at a time
// parameters: none
// columns: none

MATCH (s:Store {id: 'papergraph'}) SET s.locked = true;
