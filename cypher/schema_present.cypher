// purpose: the indexes of the schema, those of its constraints among them, that can be used
// parameters: none
// columns:
//   name: string

SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'papergraph_' AND state = 'ONLINE'
RETURN name;
