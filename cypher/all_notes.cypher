// purpose: every note, by id
// parameters: none
// columns:
//   labels: list of string
//   properties: map
// reads: every note

MATCH (n:Note) WHERE n.id >= ''
RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id;
