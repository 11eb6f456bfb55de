// --- what the page was given: columns, one item for each node, edge and area

const inflate = async (id) => {
  const text = document.getElementById(id).textContent;
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text());
};
const summed = (steps, Numbers) => {
  const out = new Numbers(steps.length);
  let at = 0;
  for (let i = 0; i < steps.length; i++) { at += steps[i]; out[i] = at; }
  return out;
};

const HEDGED = 1, BY_HAND = 2, ACCEPTED = 4;
const KINDS = { P: "Paper", R: "Cited", T: "Topic", C: "Concept" };
// likeness below this is told in the panel, but is no line
const SEEN_ALIKE = 0.12;

let m; // the model: all that is drawn

const modelOf = (core) => {
  const n = core.id.length, told = core.from.length;
  const drawn = new Set(), lines = core.alike.filter(([a, b, score]) => {
    const pair = Math.min(a, b) * n + Math.max(a, b), isNew = score >= SEEN_ALIKE && !drawn.has(pair);
    if (isNew) drawn.add(pair);
    return isNew;
  });
  const k = told + core.also.length + lines.length;
  const from = new Int32Array(k), to = new Int32Array(k), type = new Uint8Array(k), confidence = new Float64Array(k), flags = new Uint8Array(k);
  from.set(summed(core.from, Int32Array));
  for (let e = 0; e < told; e++) { to[e] = from[e] + core.to[e]; type[e] = core.type[e]; confidence[e] = core.confidence[e] / 1000; flags[e] = core.flags[e]; }
  core.also.forEach(([a, b], j) => { const e = told + j; from[e] = a; to[e] = b; type[e] = core.types.length; });
  lines.forEach(([a, b, score], j) => { const e = told + core.also.length + j; from[e] = a; to[e] = b; type[e] = core.types.length + 1; confidence[e] = score; });

  // the edges at each node, as one list with where each node's begin
  const first = new Int32Array(n + 1), edges = new Int32Array(2 * k);
  for (let e = 0; e < k; e++) { first[from[e] + 1]++; first[to[e] + 1]++; }
  for (let i = 0; i < n; i++) first[i + 1] += first[i];
  const next = first.slice(0, n);
  for (let e = 0; e < k; e++) { edges[next[from[e]]++] = e; edges[next[to[e]]++] = e; }

  // edges between the same two nodes fan out
  const bend = new Float32Array(k), pairs = new Map();
  for (let e = 0; e < told; e++) {
    const pair = Math.min(from[e], to[e]) * n + Math.max(from[e], to[e]);
    const others = pairs.get(pair);
    if (others) others.push(e); else pairs.set(pair, [e]);
  }
  for (const group of pairs.values()) if (group.length > 1) group.forEach((e, i) => { bend[e] = (i - (group.length - 1) / 2) * (from[e] < to[e] ? 1 : -1); });

  const degree = new Int32Array(n);
  for (let e = 0; e < told; e++) { degree[from[e]]++; degree[to[e]]++; }
  return {
    n, told, from, to, type, confidence, flags, first, edges, bend, degree,
    title: core.title, id: core.id, name: core.name, kind: core.kind, lines: core.lines, font: core.font, alike: core.alike, compared: core.compared,
    w: Float32Array.from(core.w), h: Float32Array.from(core.h), year: core.year, decision: core.decision, mark: core.mark,
    decisions: ["", ...core.decisions], marks: ["", ...core.marks],
    types: [...core.types, { type: "ALSO", label: "also under", active: "also stands under", passive: "also holds" }, { type: "ALIKE", label: "alike in contents", active: "is alike in contents to", passive: "is alike in contents to", symmetric: true }],
    guests: new Set(core.guests), index: new Map(core.id.map((id, i) => [id, i])),
    wide: core.wide, tall: core.tall, live: core.live || null,
  };
};

// where all stands: for a desk, or for a hand where that was laid out
const stand = (own, inHand) => {
  const layout = (inHand && own.tall) || own.wide;
  own.x = summed(layout.x, Float32Array);
  own.y = summed(layout.y, Float32Array);
  own.laidX = own.x.slice();
  own.laidY = own.y.slice();
  own.home = summed(layout.home, Int32Array);
  // what was made from where things stood
  own.held = own.counts = own.largest = null;
  let tops = 0;
  own.areas = [];
  own.areaOf = new Map();
  for (const [topic, within, x, y, w, h] of layout.areas) {
    const above = own.areas[within];
    const area = { topic, within, x, y, w, h, index: own.areas.length, depth: above ? above.depth + 1 : 0, hue: above ? above.hue : HUES[tops++ % HUES.length] };
    if (topic >= 0) own.areaOf.set(topic, area);
    if (above) above.holdsAreas = true;
    own.areas.push(area);
  }
};
const HUES = [250, 60, 155, 305, 15, 110, 200, 340, 85, 275, 35, 175];

const kindOf = (i) => KINDS[m.kind[i]];
const isTopic = (i) => m.kind[i] === "T";
const otherEnd = (e, i) => (m.from[e] === i ? m.to[e] : m.from[e]);
const edgesAt = (i) => m.edges.subarray(m.first[i], m.first[i + 1]);
const stated = (e) => e < m.told;
const typeOf = (e) => m.types[m.type[e]];
const isAlso = (e) => typeOf(e).type === "ALSO"; // a further topic of a paper
const isAlike = (e) => typeOf(e).type === "ALIKE"; // likeness of contents
const hueOf = (i) => (m.home[i] >= 0 ? m.areas[m.home[i]].hue : -1);
const edgeId = (e) => `${m.id[m.from[e]]}~${typeOf(e).type}~${m.id[m.to[e]]}`;
const edgeOf = (id) => {
  const [a, , b] = id.split("~").map((part) => m.index.get(part));
  if (a === undefined || b === undefined) return -1;
  for (const e of edgesAt(a)) if (edgeId(e) === id) return e;
  return -1;
};
// the topics that a node stands in, the innermost first; a topic stands in the ones above it
const topicsOver = (i) => {
  const out = [];
  for (let area = m.areas[m.home[i]]; area; area = m.areas[area.within]) if (area.topic >= 0 && area.topic !== i) out.push(area.topic);
  return out;
};
// what stands right in a topic: papers and concepts, and the topics below it
const heldBy = (topic) => {
  if (!m.held) {
    m.held = new Map();
    for (let i = 0; i < m.n; i++) { const over = topicsOver(i)[0]; if (over !== undefined) { if (m.held.has(over)) m.held.get(over).push(i); else m.held.set(over, [i]); } }
  }
  return m.held.get(topic) || [];
};

// what is told of what one chooses: read when it is first asked for
let told = null;
const tell = () => (told ??= inflate("details"));
