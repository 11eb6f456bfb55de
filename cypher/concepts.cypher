// purpose: concepts with the numbers of their relations that are not rejected and of the notes that name them
// parameters: none
// columns:
//   properties: map
//   relations: integer
//   notes: integer
// reads: every concept

MATCH (c:Concept)
RETURN properties(c) AS properties, COUNT { (c)-[r:APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES]-() WHERE r.status <> 'rejected' } AS relations, COUNT { (c)<-[:MENTIONS]-() } AS notes;
