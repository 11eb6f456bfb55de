// purpose: open a change set
// parameters:
//   number: integer
//   at: string, ISO 8601 UTC
//   by: string
//   action: string
//   undoes: integer or null
//   details: string or null, JSON
// columns: none

MATCH (s:Store {id: 'papergraph'})
SET s.changeSets = $number
CREATE (c:ChangeSet {number: $number})
SET c.at = $at, c.by = $by, c.action = $action, c.undoes = $undoes, c.counts = '[]', c.details = $details;
