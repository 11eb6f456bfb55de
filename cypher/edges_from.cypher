// purpose: the nodes to which structural edges of a type lead from a node
// parameters:
//   id: string
//   type: string
// columns:
//   labels: list of string
//   properties: map

MATCH (n:Paper|Topic|Note {id: $id})-[e:ABOUT|BROADER|HAS_TOPIC|MENTIONS|QUOTED_FROM]->(m)
WHERE type(e) = $type
RETURN labels(m) AS labels, properties(m) AS properties;
