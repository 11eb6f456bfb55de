// purpose: the relations with these ids
// parameters:
//   ids: list of string, the ids
// columns:
//   type: string, a relation of the vocabulary
//   source: string, id
//   target: string, id
//   properties: map, `evidence` as JSON texts

UNWIND $ids AS id
MATCH ()-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES {id: id}]->()
RETURN type(r) AS type, startNode(r).id AS source, endNode(r).id AS target, properties(r) AS properties;
