// purpose: the number of the newest change set that stands; null before the first
// parameters: none
// columns:
//   number: integer or null
// reads: nothing but an index

MATCH (c:ChangeSet) WHERE c.number >= 0
RETURN max(c.number) AS number;
