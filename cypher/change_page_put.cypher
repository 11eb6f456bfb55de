// purpose: write pages of a change set's log
// parameters:
//   rows: list of map {changeSet, start, changes, keys}
// columns: none

UNWIND $rows AS row
CREATE (p:ChangePage)
SET p = row;
