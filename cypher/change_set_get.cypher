// purpose: one change set
// parameters:
//   number: integer
// columns:
//   number: integer
//   at: string, ISO 8601 UTC
//   by: string
//   action: string
//   undoes: integer or null
//   undoneBy: integer or null
//   counts: string, JSON [[verb, label, number], …]
//   details: string or null, JSON

MATCH (c:ChangeSet {number: $number})
RETURN c.number AS number, c.at AS at, c.by AS by, c.action AS action, c.undoes AS undoes, COLLECT { MATCH (u:ChangeSet {undoes: c.number}) RETURN u.number ORDER BY u.number DESC LIMIT 1 }[0] AS undoneBy, c.counts AS counts, c.details AS details;
