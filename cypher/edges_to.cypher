// purpose: the nodes from which structural edges of a type lead to a node
// parameters:
//   id: string
//   type: string
// columns:
//   labels: list of string
//   properties: map

MATCH (n:Paper|Topic|Concept|Source {id: $id})<-[e:ABOUT|BROADER|HAS_TOPIC|MENTIONS|QUOTED_FROM]-(m)
WHERE type(e) = $type
RETURN labels(m) AS labels, properties(m) AS properties;
