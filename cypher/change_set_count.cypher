// purpose: note what a change set holds by now
// parameters:
//   number: integer
//   counts: string, JSON
//   token: string, which transaction wrote it last
// columns: none

MATCH (c:ChangeSet {number: $number})
SET c.counts = $counts, c.token = $token;
