// purpose: how many papers there are, from the database's own counts
// parameters: none
// columns:
//   papers: integer
// reads: counts

MATCH (n:Paper) RETURN count(n) AS papers;
