// purpose: the strongest relations at each of these nodes that are not rejected
// parameters:
//   ids: list of string
//   most: integer, of each node
//   minConfidence: float
//   types: list of string, or null for all
// columns:
//   node: string
//   ties: list of map {relation, type, other, confidence}

UNWIND $ids AS id
MATCH (n:Paper|Concept {id: id})
RETURN n.id AS node, COLLECT {
  MATCH (n)-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES]-(m)
  WHERE r.confidence >= $minConfidence AND r.status <> 'rejected' AND ($types IS NULL OR type(r) IN $types)
  RETURN {relation: r.id, type: type(r), other: m.id, confidence: r.confidence} ORDER BY r.confidence DESC, r.id LIMIT $most
} AS ties;
