// purpose: set the work that mentions of papers are
// parameters:
//   rows: list of map {mention, work}; work null where the mention is none any more
// columns: none

UNWIND $rows AS row
MATCH (s:Statement) USING INDEX s:Statement(id) WHERE s.id STARTS WITH row.mention + ' '
SET s.work = CASE WHEN s.body IS NULL THEN null ELSE row.work END;
