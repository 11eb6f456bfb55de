// purpose: put or replace topics
// parameters:
//   rows: list of map {id, properties}
// columns: none

UNWIND $rows AS row
MERGE (n:Topic {id: row.id})
SET n = row.properties;
