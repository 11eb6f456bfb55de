// purpose: the relations at a node that are not rejected with their other ends
// parameters:
//   id: string
// columns:
//   type: string, a relation of the vocabulary
//   source: string, id
//   target: string, id
//   properties: map, `evidence` as JSON texts
//   labels: list of string, of the other end
//   other: map, the other end's properties

MATCH (n:Paper|Concept {id: $id})-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES]-(m)
WHERE r.status <> 'rejected'
RETURN type(r) AS type, startNode(r).id AS source, endNode(r).id AS target, properties(r) AS properties, labels(m) AS labels, properties(m) AS other;
