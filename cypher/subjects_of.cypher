// purpose: the papers that these notes are about
// parameters:
//   ids: list of string, the ids
// columns:
//   id: string

UNWIND $ids AS id
MATCH (:Note {id: id})-[:ABOUT]->(p:Paper)
RETURN DISTINCT p.id AS id;
