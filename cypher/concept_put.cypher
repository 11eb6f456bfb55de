// purpose: put or replace concepts
// parameters:
//   rows: list of map {id, properties}
// columns: none

UNWIND $rows AS row
MERGE (n:Concept {id: row.id})
SET n = row.properties;
