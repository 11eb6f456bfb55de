// purpose: every paper, by id
// parameters: none
// columns:
//   labels: list of string
//   properties: map
// reads: every paper

MATCH (n:Paper) WHERE n.id >= ''
RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id;
