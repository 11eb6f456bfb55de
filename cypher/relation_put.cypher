// purpose: put relations; their ids must be free
// parameters:
//   rows: list of map {type, source, target, properties}; type is one of the vocabulary
// columns: none

UNWIND $rows AS row
MATCH (a:Paper|Concept {id: row.source})
WITH row, a
MATCH (b:Paper|Concept {id: row.target})
CREATE (a)-[r:$(row.type)]->(b)
SET r = row.properties;
