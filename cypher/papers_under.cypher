// purpose: the papers right under topics, for topics of no more than so many
// parameters:
//   ids: list of string, topics
//   most: integer
// columns:
//   topic: string
//   papers: list of string, ids

UNWIND $ids AS id
MATCH (t:Topic {id: id})
WITH t WHERE COUNT { (t)<-[:HAS_TOPIC]-() } <= $most
RETURN t.id AS topic, COLLECT { MATCH (p:Paper)-[:HAS_TOPIC]->(t) RETURN p.id ORDER BY p.id } AS papers;
