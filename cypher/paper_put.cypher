// purpose: put or replace papers
// parameters:
//   rows: list of map {id, properties}
// columns: none

UNWIND $rows AS row
MERGE (n:Paper {id: row.id})
SET n = row.properties;
