// purpose: set the content words of papers
// parameters:
//   rows: list of map {id, terms, counts}
// columns: none

UNWIND $rows AS row
MATCH (p:Paper {id: row.id})
SET p.terms = row.terms, p.termCounts = row.counts;
