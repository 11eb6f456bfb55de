// purpose: every relation, by id
// parameters: none
// columns:
//   type: string, a relation of the vocabulary
//   source: string, id
//   target: string, id
//   properties: map, `evidence` as JSON texts
// reads: every relation

MATCH ()-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES]->()
WHERE r.id >= ''
RETURN type(r) AS type, startNode(r).id AS source, endNode(r).id AS target, properties(r) AS properties ORDER BY r.id;
