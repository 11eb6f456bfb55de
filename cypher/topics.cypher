// purpose: topics with the number of papers right under each and the place of the first
// parameters: none
// columns:
//   properties: map
//   papers: integer
//   path: string or null
//   line: integer or null
// reads: every topic with its papers

MATCH (t:Topic)
OPTIONAL MATCH (p:Paper)-[:HAS_TOPIC]->(t)
RETURN properties(t) AS properties, count(p) AS papers, min(p.path) AS path, min(p.line) AS line;
