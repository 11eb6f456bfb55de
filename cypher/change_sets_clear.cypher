// purpose: take out some of the change sets
// parameters:
//   limit: integer, how many at most
// columns:
//   gone: integer, how many it were
// reads: as many as it takes out

MATCH (s:ChangeSet) WHERE s.number >= 0 AND s.counts IS NOT NULL
WITH s LIMIT $limit
DETACH DELETE s
RETURN count(*) AS gone;
