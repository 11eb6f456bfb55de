// purpose: put anew what statements lead to, by which keys they are found again, and which work they are a mention of
// parameters:
//   rows: list of map {id, refs, keys, work}
// columns: none

UNWIND $rows AS row
MATCH (s:Statement {id: row.id})
SET s.refs = row.refs, s.keys = row.keys, s.work = row.work;
