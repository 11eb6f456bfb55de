// purpose: put or replace statements, one asserter's word on one element
// parameters:
//   number: integer, the change set
//   rows: list of map {id, element, asserter, label, removed, body, refs, keys, work}
// columns: none

UNWIND $rows AS row
MERGE (s:Statement {id: row.id})
SET s.element = row.element, s.asserter = row.asserter, s.label = row.label, s.removed = row.removed, s.body = row.body,
    s.refs = row.refs, s.keys = row.keys, s.work = row.work, s.changeSets = coalesce(s.changeSets, []) + $number;
