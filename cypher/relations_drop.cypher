// purpose: take out relations
// parameters:
//   ids: list of string, the ids
// columns: none

UNWIND $ids AS id
MATCH ()-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES {id: id}]->()
DELETE r;
