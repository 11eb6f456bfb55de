// purpose: every ABOUT edge, by source and target
// parameters: none
// columns:
//   source: string
//   target: string
// reads: every ABOUT edge

MATCH (a:Note)-[:ABOUT]->(b) WHERE a.id >= ''
RETURN a.id AS source, b.id AS target ORDER BY a.id, b.id;
