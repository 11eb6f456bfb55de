// purpose: put or replace sources
// parameters:
//   rows: list of map {id, properties}
// columns: none

UNWIND $rows AS row
MERGE (n:Source {id: row.id})
SET n = row.properties;
