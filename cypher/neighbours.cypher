// purpose: each edge, either way, at these papers, topics and concepts, but for rejected relations
// parameters:
//   ids: list of string, the ids
// columns:
//   a: string
//   b: string
//   edge: string, a structural type or a relation's id

UNWIND $ids AS id
MATCH (n:Paper|Topic|Concept {id: id})-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES|HAS_TOPIC|BROADER]-(m)
WHERE r.status IS NULL OR r.status <> 'rejected'
RETURN DISTINCT n.id AS a, m.id AS b, coalesce(r.id, type(r)) AS edge;
