// purpose: every topic, by id
// parameters: none
// columns:
//   labels: list of string
//   properties: map
// reads: every topic

MATCH (n:Topic) WHERE n.id >= ''
RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id;
