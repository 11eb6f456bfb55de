// purpose: wait until every index can be used, two hours at most: those of a large bulk import take minutes
// parameters: none
// columns: none

CALL db.awaitIndexes(7200);
