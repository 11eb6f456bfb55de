// purpose: take out nodes with all their edges
// parameters:
//   ids: list of string, the ids
// columns: none

UNWIND $ids AS id
MATCH (n:Paper|Topic|Concept|Note|Source {id: id})
DETACH DELETE n;
