// purpose: put QUOTED_FROM edges
// parameters:
//   rows: list of map {source, target}, ids
// columns: none

UNWIND $rows AS row
MATCH (a:Note {id: row.source})
WITH row, a
MATCH (b:Source {id: row.target})
CREATE (a)-[:QUOTED_FROM]->(b);
