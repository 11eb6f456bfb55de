// purpose: the number of the newest change set, 0 before the first; a statement of its own, for what is read beside a lock may be older than it
// parameters: none
// columns:
//   number: integer
//   restoring: string or null, how far a restoring is that has not ended

MATCH (s:Store {id: 'papergraph'}) RETURN s.changeSets AS number, s.restoring AS restoring;
