// --- ways through the graph: neighbourhoods, shortest paths, related papers; each as the command line has it

// the nodes next to one: over relations, and between papers and topics, topics and broader ones; `edge` is -1 for a place in a topic
const nextTo = (i) => {
  const out = [];
  for (const e of edgesAt(i)) if (edgeOn[e] && !isAlike(e)) out.push({ node: otherEnd(e, i), edge: e });
  // a guest only stands there
  const over = m.guests.has(i) ? undefined : topicsOver(i)[0];
  if (over !== undefined && on[over]) out.push({ node: over, edge: -1 });
  if (isTopic(i)) for (const below of heldBy(i)) if (on[below] && !m.guests.has(below)) out.push({ node: below, edge: -1 });
  return out;
};
const around = (i, depth) => {
  const found = new Set([i]);
  let front = [i];
  for (let step = 0; step < depth; step++) {
    const reached = [];
    for (const one of front) for (const { node } of nextTo(one)) if (!found.has(node)) { found.add(node); reached.push(node); }
    front = reached;
  }
  return found;
};
// the steps of a shortest way, fewest first, relations before topics; null if there is none
const wayBetween = (a, b) => {
  const came = new Map([[a, null]]);
  let front = [a];
  while (front.length && !came.has(b)) {
    const reached = [];
    for (const one of front) for (const { node, edge } of nextTo(one).sort((p, q) => (q.edge >= 0) - (p.edge >= 0))) {
      if (!came.has(node)) { came.set(node, { from: one, edge }); reached.push(node); }
    }
    front = reached;
  }
  if (!came.has(b)) return null;
  const steps = [];
  for (let at = b; came.get(at); at = came.get(at).from) steps.unshift({ from: came.get(at).from, to: at, edge: came.get(at).edge });
  return steps;
};

// the topics below one, however deep
const belowTopic = (topic) => {
  const found = heldBy(topic).filter(isTopic);
  for (const t of found) found.push(...heldBy(t).filter(isTopic));
  return found;
};
const topicPath = (t) => [...topicsOver(t).reverse(), t].map((x) => m.name[x]).join(" › ");

// related papers, best first, with the weights of `papergraph related`
const STRONGEST = 100, MIDDLE = 50, LARGEST = 200;
const round = (x) => Number(x.toFixed(3));
// the topics that a paper has itself, not those that it is only shown under
const topicsOf = (i) => [...(m.guests.has(i) ? [] : topicsOver(i).slice(0, 1)), ...alsoBeside(i)];
const papersOf = (t) => [...heldBy(t).filter((o) => "PR".includes(m.kind[o]) && !m.guests.has(o)), ...alsoBeside(t)];
// the further topics of a paper; the papers of which a topic is a further one
const alsoBeside = (i) => [...edgesAt(i)].filter(isAlso).map((e) => otherEnd(e, i));
const relatedTo = (i, most = 8) => {
  const clues = new Map();
  const add = (node, clue) => { if (node !== i && "PR".includes(m.kind[node])) { if (clues.has(node)) clues.get(node).push(clue); else clues.set(node, [clue]); } };
  const strongest = (node, limit) => [...edgesAt(node)].filter(stated).sort((a, b) => m.confidence[b] - m.confidence[a]).slice(0, limit);
  const own = strongest(i, STRONGEST);
  for (const e of own) add(otherEnd(e, i), { kind: "relation", weight: m.confidence[e], edge: e });
  for (const e of own) {
    const between = otherEnd(e, i), beyond = strongest(between, MIDDLE + 1);
    if (beyond.length > MIDDLE) continue;
    for (const f of beyond) add(otherEnd(f, between), { kind: "via", weight: round(0.5 * m.confidence[e] * m.confidence[f]), between });
  }
  for (const topic of topicsOf(i)) {
    const papers = papersOf(topic);
    if (papers.length <= LARGEST) for (const other of papers) add(other, { kind: "topic", weight: round(0.25 / Math.sqrt(Math.max(papers.length - 1, 1))), between: topic });
  }
  for (const [a, b, score, terms] of m.alike) if (a === i) add(b, { kind: "contents", weight: round(0.3 * score), terms });
  return [...clues].map(([node, found]) => {
    const direct = found.filter((c) => c.kind === "relation").map((c) => c.weight), rest = found.filter((c) => c.kind !== "relation").reduce((s, c) => s + c.weight, 0);
    return { node, clues: found, score: round(direct.length ? 1 + Math.max(...direct) + 0.1 * Math.min(rest, 1) : Math.min(rest, 0.99)) };
  }).sort((a, b) => b.score - a.score || (m.kind[a.node] === "R") - (m.kind[b.node] === "R") || (m.name[a.node] < m.name[b.node] ? -1 : 1)).slice(0, most);
};
const REASONS = ["relation", "via", "topic", "contents"];
// why, in the words and the order of the command line
const reasonsOf = (i, { node, clues }) => {
  const text = (clue) => {
    if (clue.kind === "relation") { const t = typeOf(clue.edge); return `${m.from[clue.edge] === i ? t.active : t.passive} “${m.name[node]}”${m.flags[clue.edge] & HEDGED ? " (hedged)" : ""}`; }
    if (clue.kind === "via") return `both lead to ${kindOf(clue.between) === "Concept" ? "the concept " : ""}“${m.name[clue.between]}”`;
    if (clue.kind === "topic") return `both under “${topicPath(clue.between)}”`;
    return clue.terms.length ? `alike in ${clue.terms.join(", ")}` : "alike in meaning";
  };
  const told = clues.map((clue) => [REASONS.indexOf(clue.kind), -clue.weight, text(clue)]).sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
  return [...new Set(told.map((x) => x[2]))];
};
