// purpose: the id of every element that was ever stated: of these nodes, and of no others, papergraph has made the graph
// parameters: none
// columns:
//   id: string
// reads: every statement

MATCH (s:Statement) WHERE s.id >= ''
RETURN DISTINCT s.element AS id;
