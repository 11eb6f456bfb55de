// purpose: what is kept beside the graph under names that begin so
// parameters:
//   prefix: string
// columns:
//   name: string
//   value: string

MATCH (k:Kept) WHERE k.name STARTS WITH $prefix
RETURN k.name AS name, k.value AS value ORDER BY k.name;
