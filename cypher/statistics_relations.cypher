// purpose: how many relations of each type
// parameters: none
// columns:
//   type: string
//   n: integer
// reads: counts

MATCH ()-[r:APPLIES_TO]->() RETURN 'APPLIES_TO' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:CONSISTENT_WITH]->() RETURN 'CONSISTENT_WITH' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:CONTRADICTS]->() RETURN 'CONTRADICTS' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:DIFFERS_FROM]->() RETURN 'DIFFERS_FROM' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:EQUIVALENT_TO]->() RETURN 'EQUIVALENT_TO' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:EXTENDS]->() RETURN 'EXTENDS' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:RELATED_TO]->() RETURN 'RELATED_TO' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:SIMILAR_TO]->() RETURN 'SIMILAR_TO' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:SUPPORTS]->() RETURN 'SUPPORTS' AS type, count(r) AS n
UNION ALL
MATCH ()-[r:USES]->() RETURN 'USES' AS type, count(r) AS n;
