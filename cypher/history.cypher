// purpose: change sets, the newest first
// parameters:
//   numbers: list of integer, or null for all
//   by: string, or null for anybody's
//   limit: integer
// columns:
//   number: integer
//   at: string, ISO 8601 UTC
//   by: string
//   action: string
//   undoes: integer or null
//   undoneBy: integer or null
//   counts: string, JSON [[verb, label, number], …]
//   details: string or null, JSON
// reads: every change set

MATCH (c:ChangeSet) WHERE c.number > 0 AND ($numbers IS NULL OR c.number IN $numbers) AND ($by IS NULL OR c.by = $by)
WITH c ORDER BY c.number DESC LIMIT $limit
RETURN c.number AS number, c.at AS at, c.by AS by, c.action AS action, c.undoes AS undoes, COLLECT { MATCH (u:ChangeSet {undoes: c.number}) RETURN u.number ORDER BY u.number DESC LIMIT 1 }[0] AS undoneBy, c.counts AS counts, c.details AS details;
