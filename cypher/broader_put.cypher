// purpose: put BROADER edges
// parameters:
//   rows: list of map {source, target}, ids
// columns: none

UNWIND $rows AS row
MATCH (a:Topic {id: row.source})
WITH row, a
MATCH (b:Topic {id: row.target})
CREATE (a)-[:BROADER]->(b);
