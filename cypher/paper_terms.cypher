// purpose: the content words of papers
// parameters:
//   ids: list of string, the ids
// columns:
//   id: string
//   terms: list of string
//   counts: list of integer

UNWIND $ids AS id
MATCH (p:Paper {id: id})
RETURN p.id AS id, coalesce(p.terms, []) AS terms, coalesce(p.termCounts, []) AS counts;
