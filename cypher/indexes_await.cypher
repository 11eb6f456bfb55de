// purpose: wait until every index can be used
// parameters: none
// columns: none

CALL db.awaitIndexes(300);
