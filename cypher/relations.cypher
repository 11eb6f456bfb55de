// purpose: relations with both ends, filtered
// parameters:
//   minConfidence: float
//   types: list of string, or null
//   status: string, or null for all but rejected
//   topics: list of string, ids, or null
// columns:
//   type: string, a relation of the vocabulary
//   source: string, id
//   target: string, id
//   properties: map, `evidence` as JSON texts
//   sourceLabels: list of string
//   sourceProperties: map
//   targetLabels: list of string
//   targetProperties: map
// reads: every relation

MATCH (a)-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES]->(b)
WHERE r.id >= '' AND r.confidence >= $minConfidence
  AND ($types IS NULL OR type(r) IN $types)
  AND CASE WHEN $status IS NULL THEN r.status <> 'rejected' ELSE r.status = $status END
  AND ($topics IS NULL OR EXISTS { (a)-[:HAS_TOPIC]->(t:Topic) WHERE t.id IN $topics } OR EXISTS { (b)-[:HAS_TOPIC]->(t:Topic) WHERE t.id IN $topics })
RETURN type(r) AS type, startNode(r).id AS source, endNode(r).id AS target, properties(r) AS properties, labels(a) AS sourceLabels, properties(a) AS sourceProperties, labels(b) AS targetLabels, properties(b) AS targetProperties;
