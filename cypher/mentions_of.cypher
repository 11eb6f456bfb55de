// purpose: the mentions that are these works
// parameters:
//   works: list of string, ids
// columns:
//   mention: string
//   work: string

UNWIND $works AS work
MATCH (s:Statement {work: work})
RETURN DISTINCT s.element AS mention, work;
