// purpose: which of these ids are nodes
// parameters:
//   ids: list of string, the ids
// columns:
//   id: string

UNWIND $ids AS id
MATCH (n:Paper|Topic|Concept|Note|Source {id: id})
RETURN n.id AS id;
