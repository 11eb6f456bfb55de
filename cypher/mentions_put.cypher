// purpose: put MENTIONS edges
// parameters:
//   rows: list of map {source, target}, ids
// columns: none

UNWIND $rows AS row
MATCH (a:Note {id: row.source})
WITH row, a
MATCH (b:Paper|Concept {id: row.target})
CREATE (a)-[:MENTIONS]->(b);
