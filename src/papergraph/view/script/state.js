// --- what one sees: filters, focus, path, closed topics, pins; every change of it can be taken back, and the address holds it all

const blank = () => ({ hidden: [], least: 0, years: null, focus: null, depth: 1, path: null, closed: [], pins: [] });
let seen = blank();
let chosen = null; // { node } or { edge }, by index; null: nothing
const past = []; // what was seen before each change, as JSON
const PAST = 100;

// made from it: what is on, what stands for what is in a closed topic, and what stays bright (null: all)
// `way` is the path that is shown, step by step; null where there is none
let on, edgeOn, standsIn, bright = null, brightEdges = null, way = null;

// alters what is seen and remembers how it was; whether anything is different now
const alter = (change, keep = true) => {
  const before = JSON.stringify(seen);
  change(seen);
  if (JSON.stringify(seen) === before) return false;
  if (keep) { past.push(before); if (past.length > PAST) past.shift(); }
  return true;
};
const act = (change, { keep = true, push = false } = {}) => { if (alter(change, keep)) changed({ push }); };
const undo = () => {
  if (!past.length) { say("Nothing to undo"); return; }
  seen = JSON.parse(past.pop());
  changed();
  say("Undone");
};
// all that follows from a change, each once: what is drawn, the key, the address, the panel
const changed = ({ push = false, write = true, tellAnew = true } = {}) => {
  derive();
  syncStage();
  syncLegend();
  stale();
  if (write) writeAddress(push);
  if (tellAnew) refreshPanel();
};

const derive = () => {
  const hidden = new Set(seen.hidden), n = m.n;
  const decisions = m.decisions.map((d) => hidden.has("decision:" + d)), marks = m.marks.map((s) => hidden.has("mark:" + s));
  const off = m.areas.map(() => false), shut = m.areas.map(() => -1);
  const closed = new Set(hidden.has("Topic") ? [] : seen.closed);
  // outer areas come before inner ones
  for (const area of m.areas) {
    const id = area.topic >= 0 ? m.id[area.topic] : null;
    off[area.index] = (area.within >= 0 && off[area.within]) || (id !== null && hidden.has("topic:" + id));
    shut[area.index] = area.within >= 0 && shut[area.within] >= 0 ? shut[area.within] : id !== null && closed.has(id) ? area.index : -1;
    area.off = off[area.index] || hidden.has("Topic");
    area.shut = shut[area.index] === area.index;
    area.seen = !area.off && (shut[area.index] < 0 || area.shut);
    area.named = area.seen && area.topic >= 0;
  }
  on = new Uint8Array(n);
  standsIn = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const kind = kindOf(i), home = m.home[i];
    on[i] = !hidden.has(kind) && !(home >= 0 && off[home]);
    if (on[i] && (kind === "Paper" || kind === "Cited")) {
      if (kind === "Paper" && (decisions[m.decision[i]] || marks[m.mark[i]])) on[i] = 0;
      if (seen.years && m.year[i] && (m.year[i] < seen.years[0] || m.year[i] > seen.years[1])) on[i] = 0;
    }
    const area = home >= 0 ? shut[home] : -1;
    standsIn[i] = area >= 0 && m.areas[area].topic !== i ? m.areas[area].topic : i;
  }
  edgeOn = new Uint8Array(m.from.length);
  const types = m.types.map((t) => !hidden.has(t.type)), byStatus = STATUSES.map(([key]) => !hidden.has("status:" + key));
  for (let e = 0; e < edgeOn.length; e++) {
    edgeOn[e] = types[m.type[e]] && on[m.from[e]] && on[m.to[e]] && (!stated(e) || (m.confidence[e] >= seen.least - 1e-6 && byStatus[statusOf(e)]));
  }
  brighten();
};
const BRIGHT_LINES = 3000;
const STATUSES = [["proposed", "proposed"], ["accepted", "accepted"], ["hand", "stated by hand"]]; // key and words, by `statusOf`
const statusOf = (e) => (m.flags[e] & BY_HAND ? 2 : m.flags[e] & ACCEPTED ? 1 : 0);

const brighten = () => {
  bright = brightEdges = way = null;
  if (seen.path) {
    const [a, b] = seen.path.map((p) => m.index.get(p));
    way = a === undefined || b === undefined ? null : wayBetween(a, b);
    bright = new Set(way ? way.flatMap((s) => [s.from, s.to]) : [a, b]);
    brightEdges = new Set(way ? way.map((s) => s.edge).filter((e) => e >= 0) : []);
    return;
  }
  const i = seen.focus !== null ? m.index.get(seen.focus) : chosen?.node;
  if (i === undefined) {
    const e = chosen?.edge;
    if (e !== undefined) { bright = new Set([m.from[e], m.to[e]]); brightEdges = new Set([e]); }
    return;
  }
  bright = seen.focus !== null ? around(i, seen.depth) : new Set([i, ...nextTo(i).map((x) => x.node)]);
  if (seen.focus === null) for (const e of edgesAt(i)) if (edgeOn[e]) bright.add(otherEnd(e, i));
  // all that stands in a bright topic, however deep
  if (isTopic(i) && seen.focus === null) { const inner = [i]; for (const t of inner) for (const x of heldBy(t)) { bright.add(x); if (isTopic(x)) inner.push(x); } }
  const found = new Set();
  for (const x of bright) for (const e of edgesAt(x)) if (edgeOn[e] && bright.has(otherEnd(e, x)) && (seen.focus !== null || isTopic(i) || m.from[e] === i || m.to[e] === i)) found.add(e);
  // what is stated lies over what is computed
  brightEdges = new Set([...found].sort((e, f) => stated(e) - stated(f)).slice(-BRIGHT_LINES));
};

// --- the address: `#id` for a node alone, else names and values

const writeAddress = (push = false) => {
  const parts = new URLSearchParams();
  if (m.live && m.live.at !== "map") parts.set("sheet", m.live.at);
  const own = chosen === null ? null : chosen.node !== undefined ? m.id[chosen.node] : edgeId(chosen.edge);
  if (own !== null) parts.set("chosen", own);
  for (const key of seen.hidden) parts.append("hide", key);
  if (seen.least) parts.set("least", String(seen.least));
  if (seen.years) parts.set("years", seen.years.join("-"));
  if (seen.focus !== null) { parts.set("focus", seen.focus); parts.set("depth", String(seen.depth)); }
  if (seen.path) for (const end of seen.path) parts.append("path", end);
  for (const id of seen.closed) parts.append("closed", id);
  for (const [id, x, y] of seen.pins) parts.append("pin", `${x} ${y} ${id}`);
  if (cameraMoved && tall) parts.set("tall", "1");
  if (cameraMoved) { const c = camera(); parts.set("at", [Math.round(c.x), Math.round(c.y), c.scale.toPrecision(4)].join(" ")); }
  const names = [...new Set(parts.keys())];
  const text = names.length === 0 ? "" : names.length === 1 && names[0] === "chosen" && !own.includes("=") ? encodeURIComponent(own) : parts.toString();
  if (text === location.hash.slice(1)) return;
  // a page in a notebook's frame has no history of its own
  try { history[push ? "pushState" : "replaceState"](null, "", text ? "#" + text : location.pathname + location.search); } catch { /* the page works without */ }
};
// no page is wider than that; a link may say anything
const onPage = (x) => Math.abs(Number(x)) < 1e7;
const FURTHEST_IN = 6, FURTHEST_OUT = 0.002;
const elementOf = (id) => {
  if (id === null) return null;
  const node = m.index.get(id), edge = node === undefined ? edgeOf(id) : -1;
  return node !== undefined ? { node } : edge >= 0 ? { edge } : null;
};
// gives where the camera was, or null; what is not there is passed over
const readAddress = () => {
  const text = location.hash.slice(1);
  seen = blank();
  chosen = null;
  if (!text) return null;
  if (!text.includes("=")) {
    let id = text;
    try { id = decodeURIComponent(text); } catch { /* as it stands */ }
    chosen = elementOf(id);
    return null;
  }
  const parts = new URLSearchParams(text), known = (id) => m.index.has(id);
  chosen = elementOf(parts.get("chosen"));
  seen.hidden = [...new Set(parts.getAll("hide"))];
  seen.least = Math.min(1, Math.max(0, Number(parts.get("least")) || 0));
  const years = (parts.get("years") || "").split("-").map(Number);
  if (years.length === 2 && years.every((y) => y > 0)) seen.years = years;
  if (known(parts.get("focus"))) { seen.focus = parts.get("focus"); seen.depth = Math.min(3, Math.max(1, Number(parts.get("depth")) || 1)); }
  const ends = parts.getAll("path").filter(known);
  if (ends.length === 2) seen.path = ends;
  seen.closed = parts.getAll("closed").filter(known);
  for (const pin of parts.getAll("pin")) {
    const [, x, y, of] = pin.match(/^(-?\d+) (-?\d+) ([^]*)$/) || [];
    if (known(of) && [x, y].every(onPage)) seen.pins.push([of, Number(x), Number(y)]);
  }
  const at = (parts.get("at") || "").split(" ").map(Number);
  // the camera of one layout shows nothing in the other
  if ((parts.get("tall") === "1") !== tall) return null;
  return at.length === 3 && at.slice(0, 2).every(onPage) && at[2] > 0 ? { x: at[0], y: at[1], scale: Math.min(FURTHEST_IN, Math.max(FURTHEST_OUT, at[2])) } : null;
};
// pins are how far from where the layout has it, so that they hold in both layouts
const place = () => {
  m.x.set(m.laidX);
  m.y.set(m.laidY);
  for (const [id, x, y] of seen.pins) { const i = m.index.get(id); if (i !== undefined) { m.x[i] += x; m.y[i] += y; } }
};
