// purpose: every concept, by id
// parameters: none
// columns:
//   labels: list of string
//   properties: map
// reads: every concept

MATCH (n:Concept) WHERE n.id >= ''
RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id;
