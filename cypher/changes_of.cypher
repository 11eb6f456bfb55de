// purpose: the pages of a change set's log from the one that holds a position on
// parameters:
//   number: integer
//   start: integer
// columns:
//   start: integer, position of the first change
//   changes: list of string, JSON {before, after}

MATCH (p:ChangePage {changeSet: $number}) WHERE p.start + size(p.changes) > $start
RETURN p.start AS start, p.changes AS changes ORDER BY p.start;
