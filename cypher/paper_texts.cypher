// purpose: papers with the texts of the notes about them, in the order of the notes
// parameters:
//   ids: list of string, the ids
// columns:
//   labels: list of string
//   properties: map
//   texts: list of string

UNWIND $ids AS id
MATCH (p:Paper {id: id})
RETURN labels(p) AS labels, properties(p) AS properties,
  COLLECT { MATCH (n:Note)-[:ABOUT]->(p) RETURN n.text ORDER BY n.path, n.line, n.id } AS texts;
