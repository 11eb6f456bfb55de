// purpose: papers, filtered
// parameters:
//   role: string or null
//   marker: string or null
//   decision: string or null
//   topics: list of string, ids, or null
// columns:
//   labels: list of string
//   properties: map
// reads: every paper

MATCH (n:Paper)
WHERE ($role IS NULL OR n.role = $role)
  AND ($marker IS NULL OR $marker IN n.markers)
  AND ($decision IS NULL OR n.decision = $decision)
  AND ($topics IS NULL OR EXISTS { (n)-[:HAS_TOPIC]->(t:Topic) WHERE t.id IN $topics })
RETURN labels(n) AS labels, properties(n) AS properties;
