// purpose: every source, by id
// parameters: none
// columns:
//   labels: list of string
//   properties: map
// reads: every source

MATCH (n:Source) WHERE n.id >= ''
RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id;
