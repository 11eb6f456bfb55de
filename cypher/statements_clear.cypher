// purpose: take out some of the statements, those no longer made too
// parameters:
//   limit: integer, how many at most
// columns:
//   gone: integer, how many it were
// reads: as many as it takes out

MATCH (s:Statement) WHERE s.id >= '' AND s.changeSets IS NOT NULL
WITH s LIMIT $limit
DETACH DELETE s
RETURN count(*) AS gone;
