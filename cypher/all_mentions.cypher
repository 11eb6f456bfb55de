// purpose: every MENTIONS edge, by source and target
// parameters: none
// columns:
//   source: string
//   target: string
// reads: every MENTIONS edge

MATCH (a:Note)-[:MENTIONS]->(b) WHERE a.id >= ''
RETURN a.id AS source, b.id AS target ORDER BY a.id, b.id;
