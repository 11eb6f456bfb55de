// purpose: how many statements there ever were
// parameters: none
// columns:
//   number: integer
// reads: no more than a count that the server keeps

MATCH (s:Statement)
RETURN count(s) AS number;
