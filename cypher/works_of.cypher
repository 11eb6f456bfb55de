// purpose: the work that each of these mentions of papers is
// parameters:
//   mentions: list of string, ids
// columns:
//   mention: string
//   work: string

UNWIND $mentions AS mention
MATCH (s:Statement) USING INDEX s:Statement(id) WHERE s.id STARTS WITH mention + ' ' AND s.work IS NOT NULL
RETURN DISTINCT mention, s.work AS work;
