// purpose: keep texts beside the graph
// parameters:
//   rows: list of map {name, value}
// columns: none

UNWIND $rows AS row
MERGE (k:Kept {name: row.name})
SET k.value = row.value;
