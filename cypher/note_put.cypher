// purpose: put or replace notes
// parameters:
//   rows: list of map {id, properties}
// columns: none

UNWIND $rows AS row
MERGE (n:Note {id: row.id})
SET n = row.properties;
