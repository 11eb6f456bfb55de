// purpose: which transaction wrote a change set last, to tell after a lost connection whether it was committed
// parameters:
//   number: integer
// columns:
//   token: string or null

MATCH (c:ChangeSet {number: $number}) RETURN c.token AS token;
