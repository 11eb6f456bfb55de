// purpose: every HAS_TOPIC edge, by source and target
// parameters: none
// columns:
//   source: string
//   target: string
// reads: every HAS_TOPIC edge

MATCH (a:Paper)-[:HAS_TOPIC]->(b) WHERE a.id >= ''
RETURN a.id AS source, b.id AS target ORDER BY a.id, b.id;
