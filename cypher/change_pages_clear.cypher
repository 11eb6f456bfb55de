// purpose: take out some of the pages of the log
// parameters:
//   limit: integer, how many at most
// columns:
//   gone: integer, how many it were
// reads: as many as it takes out

MATCH (s:ChangePage) WHERE s.changeSet >= 0 AND s.keys IS NOT NULL
WITH s LIMIT $limit
DETACH DELETE s
RETURN count(*) AS gone;
