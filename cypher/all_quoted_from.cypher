// purpose: every QUOTED_FROM edge, by source and target
// parameters: none
// columns:
//   source: string
//   target: string
// reads: every QUOTED_FROM edge

MATCH (a:Note)-[:QUOTED_FROM]->(b) WHERE a.id >= ''
RETURN a.id AS source, b.id AS target ORDER BY a.id, b.id;
