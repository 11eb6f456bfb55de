// purpose: id and name of every paper, topic and concept
// parameters: none
// columns:
//   label: string
//   id: string
//   name: string
// reads: every paper, topic and concept

CALL () {
  MATCH (n:Topic) RETURN 'Topic' AS label, n.id AS id, n.prefLabel AS name
  UNION ALL
  MATCH (n:Paper) RETURN 'Paper' AS label, n.id AS id, n.title AS name
  UNION ALL
  MATCH (n:Concept) RETURN 'Concept' AS label, n.id AS id, n.prefLabel AS name
}
RETURN label, id, name;
