// purpose: put HAS_TOPIC edges
// parameters:
//   rows: list of map {source, target}, ids
// columns: none

UNWIND $rows AS row
MATCH (a:Paper {id: row.source})
WITH row, a
MATCH (b:Topic {id: row.target})
CREATE (a)-[:HAS_TOPIC]->(b);
