// purpose: every BROADER edge, by source and target
// parameters: none
// columns:
//   source: string
//   target: string
// reads: every BROADER edge

MATCH (a:Topic)-[:BROADER]->(b) WHERE a.id >= ''
RETURN a.id AS source, b.id AS target ORDER BY a.id, b.id;
