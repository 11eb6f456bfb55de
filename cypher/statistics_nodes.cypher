// purpose: how many nodes of each label
// parameters: none
// columns:
//   label: string
//   n: integer
// reads: counts

MATCH (n:Concept) RETURN 'Concept' AS label, count(n) AS n
UNION ALL
MATCH (n:Note) RETURN 'Note' AS label, count(n) AS n
UNION ALL
MATCH (n:Paper) RETURN 'Paper' AS label, count(n) AS n
UNION ALL
MATCH (n:Source) RETURN 'Source' AS label, count(n) AS n
UNION ALL
MATCH (n:Topic) RETURN 'Topic' AS label, count(n) AS n;
