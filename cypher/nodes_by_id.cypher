// purpose: the nodes with these ids
// parameters:
//   ids: list of string, the ids
// columns:
//   labels: list of string
//   properties: map

UNWIND $ids AS id
MATCH (n:Paper|Topic|Concept|Note|Source {id: id})
RETURN labels(n) AS labels, properties(n) AS properties;
