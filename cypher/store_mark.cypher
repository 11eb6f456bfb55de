// purpose: say that the store is being restored, and how far that is; null when it is done
// parameters:
//   mark: string or null
// columns: none

MATCH (s:Store {id: 'papergraph'})
SET s.restoring = $mark;
