// purpose: empty statements that are no longer made; what stays tells in which change sets they were
// parameters:
//   number: integer, the change set
//   ids: list of string, `element asserter`
// columns: none

UNWIND $ids AS id
MATCH (s:Statement {id: id})
SET s.body = null, s.refs = null, s.keys = null, s.work = null, s.asserter = null, s.changeSets = s.changeSets + $number;
