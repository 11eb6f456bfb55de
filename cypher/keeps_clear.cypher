// purpose: take out some of the what is kept beside the graph
// parameters:
//   limit: integer, how many at most
// columns:
//   gone: integer, how many it were
// reads: as many as it takes out

MATCH (s:Kept) WHERE s.name >= '' AND s.value IS NOT NULL
WITH s LIMIT $limit
DETACH DELETE s
RETURN count(*) AS gone;
