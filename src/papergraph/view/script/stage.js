// --- the stage: vis-network holds the camera, and the nodes that one may take hold of; what is seen is painted here

const HELD = 400; // so many nodes vis-network holds from the start: the best connected
const HEAVY = 6; // a painting that takes longer, in milliseconds, is kept as a bitmap and moved while the camera moves
const SHARP_AFTER = 110;

const pinned = new Map();
let hovered = -1, dragged = new Set(), cameraMoved = false, moving = false, settle = 0;
let network, held;
const taken = new Map(); // what vis-network holds: index → its key there

const camera = () => ({ ...network.getViewPosition(), scale: network.getScale() });
const size = () => graph.getBoundingClientRect();
// the layout for a hand is for whatever is higher than wide
const isTall = () => { const s = size(); return s.width < 0.85 * s.height; };
const viewOf = ({ x, y, scale }, width, height) => ({ left: x - width / 2 / scale, right: x + width / 2 / scale, top: y - height / 2 / scale, bottom: y + height / 2 / scale, scale, width, height });
const view = () => { const s = size(); return viewOf(camera(), s.width, s.height); };

const hold = (indices) => {
  const added = [];
  for (const i of indices) {
    if (taken.has(i) || isTopic(i)) continue;
    taken.set(i, `n${i}`);
    added.push({
      id: `n${i}`, x: m.x[i], y: m.y[i], shape: "custom", hidden: !cardShown(i), label: undefined,
      ctxRenderer: ({ ctx }) => ({ drawNode() { if (dragged.has(i)) paintCard(ctx, i, view(), { accent: true }); }, nodeDimensions: { width: m.w[i], height: m.h[i] } }),
    });
  }
  if (added.length) held.add(added);
};
const indexOf = (key) => Number(key.slice(1));

const startStage = () => {
  held = new vis.DataSet();
  network = new vis.Network(graph, { nodes: held, edges: new vis.DataSet() }, {
    physics: false,
    layout: { improvedLayout: false },
    interaction: { hover: false, tooltipDelay: 1e9, multiselect: false, selectConnectedEdges: false, keyboard: false, zoomSpeed: 0.8 },
  });
  network.on("beforeDrawing", drawFrame);
  network.on("click", ({ pointer }) => {
    // the second of a double click on a heading, which may lie elsewhere by now
    if (isFresh(tapped) && Math.hypot(pointer.DOM.x - tapped.x, pointer.DOM.y - tapped.y) < 6) return;
    const found = under(pointer.canvas);
    tapped = found?.node !== undefined && isTopic(found.node) && !found.chevron ? { topic: found.node, at: performance.now(), ...pointer.DOM } : null;
    if (found) tap(found); else clearAll();
  });
  // the first click may open the panel where the second then lands: that one is not for the panel
  document.addEventListener("click", (event) => {
    if (event.detail < 2 || !isFresh(tapped)) return;
    event.preventDefault();
    event.stopPropagation();
    toggleTopic(tapped.topic);
    tapped = null;
  }, true);
  network.on("dragStart", ({ nodes }) => { dragged = new Set(nodes.map(indexOf)); hint.hidden = true; if (dragged.size) stale(); });
  network.on("dragging", () => { for (const i of dragged) { const p = network.getPosition(taken.get(i)); m.x[i] = p.x; m.y[i] = p.y; } });
  network.on("dragEnd", () => {
    const moved = [...dragged];
    dragged = new Set();
    if (moved.length) { act((s) => { for (const i of moved) pin(s, i); }); stale(); }
  });
  network.on("zoom", ({ scale }) => {
    hint.hidden = true;
    const kept = Math.min(FURTHEST_IN, Math.max(FURTHEST_OUT, scale));
    if (kept !== scale) network.moveTo({ position: network.getViewPosition(), scale: kept, animation: false });
  });
  graph.addEventListener("pointermove", onPointer);
  graph.addEventListener("pointerleave", () => { hint.hidden = true; rest(-1); });
  // vis-network gives its canvas a place in the order of the Tab key; the graph itself has one
  for (const inner of graph.querySelectorAll("[tabindex]")) inner.removeAttribute("tabindex");
  graph.querySelector("canvas").setAttribute("aria-hidden", "true");
};
const pin = (s, i) => { s.pins = [...s.pins.filter(([id]) => id !== m.id[i]), [m.id[i], Math.round(m.x[i] - m.laidX[i]), Math.round(m.y[i] - m.laidY[i])]]; };

const fillStage = () => {
  taken.clear();
  held.clear();
  const all = [...Array(m.n).keys()].filter((i) => !isTopic(i));
  hold(all.length <= HELD ? all : all.sort((a, b) => m.degree[b] - m.degree[a] || a - b).slice(0, HELD));
};
// what vis-network holds follows what is seen
const syncStage = () => {
  pinned.clear();
  for (const [id] of seen.pins) { const i = m.index.get(id); if (i !== undefined) pinned.set(i, id); }
  place();
  grid = null;
  if (bright && bright.size <= HELD) hold([...bright]);
  held.update([...taken].map(([i, key]) => ({ id: key, x: m.x[i], y: m.y[i], hidden: !cardShown(i) })));
};

// --- frames

let sharp = null; // { canvas, at: the view it shows }
let wide = null; // the whole, small and blurred, for what the sharp one does not reach
let isStale = true, heavy = false, first = true, loaded = false;
const stale = () => { isStale = true; network?.redraw(); };

const painted = (v, ratio) => {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(v.width * ratio));
  canvas.height = Math.max(1, Math.round(v.height * ratio));
  const ctx = canvas.getContext("2d", { alpha: false });
  ctx.fillStyle = look.ground;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.setTransform(ratio * v.scale, 0, 0, ratio * v.scale, -v.left * v.scale * ratio, -v.top * v.scale * ratio);
  paintAll(ctx, v);
  return canvas;
};
const sameView = (a, b) => a && Math.abs(a.left - b.left) * b.scale < 0.01 && Math.abs(a.top - b.top) * b.scale < 0.01 && a.scale === b.scale && a.width === b.width && a.height === b.height;
let lastView = null;

const drawFrame = (ctx) => {
  const v = view(), ratio = devicePixelRatio || 1;
  if (!loaded || !v.width || !v.height || !Number.isFinite(v.left)) return;
  scaleNow = v.scale;
  if (lastView && !sameView(lastView, v)) { moving = true; clearTimeout(settle); settle = setTimeout(rested, SHARP_AFTER); }
  lastView = v;
  if (!heavy && !first) {
    const begun = performance.now();
    paintAll(ctx, v);
    // from now on as a bitmap, which is to be made first
    if (!dragged.size && performance.now() - begun > HEAVY * 2) heavy = isStale = true; else isStale = false;
  } else {
    if (first || (!moving && (isStale || !sameView(sharp.at, v)))) {
      const begun = performance.now();
      sharp = { canvas: painted(v, ratio), at: v };
      heavy = performance.now() - begun > HEAVY;
      if (isStale) wide = null;
      isStale = false;
      performance.mark("papergraph:sharp");
      if (heavy && !wide && !dragged.size) idle(makeWide);
    }
    if (moving && wide) put(ctx, wide);
    put(ctx, sharp);
    // what is dragged is not on the bitmap
    for (const i of dragged) for (const e of edgesAt(i)) if (edgeOn[e]) paintLine(ctx, e);
  }
  paintBright(ctx, v);
  if (hovered >= 0 && on[hovered] && !dragged.has(hovered) && cardShown(hovered) && isRead(hovered, v)) paintCard(ctx, hovered, v, { accent: true });
  if (first) { first = false; performance.mark("papergraph:first-draw"); }
};
const put = (ctx, { canvas, at }) => {
  ctx.imageSmoothingEnabled = moving;
  ctx.drawImage(canvas, at.left, at.top, at.width / at.scale, at.height / at.scale);
};
const makeWide = () => {
  const b = bounds(), scale = Math.min(1400 / (b.right - b.left), 1000 / (b.bottom - b.top));
  const v = viewOf({ x: (b.left + b.right) / 2, y: (b.top + b.bottom) / 2, scale }, (b.right - b.left) * scale * 1.1, (b.bottom - b.top) * scale * 1.1);
  wide = { canvas: aside(() => painted(v, 1)), at: v };
};
// paints something else than what one sees, which stays what clicks are held against
const aside = (work) => {
  const before = [scaleNow, linesAre], done = work();
  [scaleNow, linesAre] = before;
  return done;
};
const rested = () => {
  moving = false;
  cameraMoved = true;
  network.redraw();
  writeAddress();
};

// --- the camera

const bounds = (indices = null) => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x, y, w, h) => { left = Math.min(left, x); top = Math.min(top, y); right = Math.max(right, x + w); bottom = Math.max(bottom, y + h); };
  if (indices === null) for (const a of m.areas) if (!a.off) take(a.x, a.y, a.w, a.h);
  const all = indices ?? m.x.keys();
  for (const i of all) {
    if (!on[i]) continue;
    if (indices !== null && isTopic(i) && m.areaOf.has(i)) { const a = m.areaOf.get(i), b = a.shut ? shutBox(a) : a; take(b.x, b.y, b.w, b.h); continue; }
    const b = boxOf(i);
    take(b.x - b.w / 2, b.y - b.h / 2, b.w, b.h);
  }
  return left > right ? { left: -100, right: 100, top: -50, bottom: 50 } : { left, top, right, bottom };
};
// what legend and panel leave of the graph, in its own pixels
const room = () => {
  const all = size(), taken = panel.hidden ? null : panel.getBoundingClientRect();
  if (!taken) return { width: all.width, height: all.height, all };
  return narrow.matches ? { width: all.width, height: Math.max(80, taken.top - all.top), all } : { width: Math.max(120, taken.left - all.left), height: all.height, all };
};
const moveTo = ({ x, y, scale }, { animate = true, r = room() } = {}) => {
  const offset = { x: (r.width - r.all.width) / 2, y: (r.height - r.all.height) / 2 };
  network.moveTo({ position: { x, y }, scale, offset, animation: animate && !still.matches ? { duration: 280, easingFunction: "easeInOutQuad" } : false });
};
const show = (indices, { most = 1.15, animate = true } = {}) => {
  const b = bounds(indices), r = room(), margin = 26;
  const scale = Math.min((r.width - margin) / (b.right - b.left), (r.height - margin - (narrow.matches && panel.hidden ? 50 : 0)) / (b.bottom - b.top), most);
  moveTo({ x: (b.left + b.right) / 2, y: (b.top + b.bottom) / 2 + (narrow.matches && panel.hidden ? 25 / scale : 0), scale: Math.max(scale, FURTHEST_OUT) }, { animate, r });
};
const overview = (animate = true) => show(null, { animate });
const inSight = (i) => {
  const r = room(), b = boxOf(i), p = network.canvasToDOM({ x: b.x, y: b.y });
  return p.x > 30 && p.y > 16 && p.x < r.width - 40 && p.y < r.height - 20;
};
const bring = (indices, nearer) => {
  const boxes = indices.map(boxOf), x = boxes.reduce((s, b) => s + b.x, 0) / boxes.length, y = boxes.reduce((s, b) => s + b.y, 0) / boxes.length;
  moveTo({ x, y, scale: nearer ? Math.max(network.getScale(), 0.75) : network.getScale() });
};

// --- what is under the pointer

let grid = null;
const CELL = 160;
const cells = () => {
  grid = new Map();
  for (let i = 0; i < m.n; i++) {
    if (!cardShown(i)) continue;
    for (let cx = Math.floor((m.x[i] - m.w[i] / 2) / CELL); cx <= Math.floor((m.x[i] + m.w[i] / 2) / CELL); cx++) {
      for (let cy = Math.floor((m.y[i] - m.h[i] / 2) / CELL); cy <= Math.floor((m.y[i] + m.h[i] / 2) / CELL); cy++) {
        const key = cx * 1e6 + cy;
        if (grid.has(key)) grid.get(key).push(i); else grid.set(key, [i]);
      }
    }
  }
  return grid;
};
const cardAt = (x, y, slack) => {
  const here = ((grid ?? cells()).get(Math.floor(x / CELL) * 1e6 + Math.floor(y / CELL)) ?? []).filter((i) => Math.abs(x - m.x[i]) <= m.w[i] / 2 + slack && Math.abs(y - m.y[i]) <= m.h[i] / 2 + slack);
  // the one on top
  return here.findLast((i) => pinned.has(i)) ?? here.at(-1) ?? -1;
};
const shutAt = (x, y) => {
  for (let k = m.areas.length - 1; k >= 0; k--) {
    const a = m.areas[k];
    if (!a.named || !a.shut) continue;
    const b = shutBox(a);
    if (x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + b.h) return { node: a.topic, chevron: x < b.x + 32 * b.k };
  }
  return null;
};
const headingAt = (x, y) => {
  for (let k = m.areas.length - 1; k >= 0; k--) {
    const a = m.areas[k];
    if (!a.named || a.shut || m.font[a.topic] * scaleNow < HEADED) continue;
    const t = a.topic, left = m.x[t] - m.w[t] / 2;
    if (x >= left - 26 && x <= left + m.w[t] + 30 && Math.abs(y - m.y[t]) <= m.h[t] / 2 + 4) return { node: t, chevron: x < left - 4 };
  }
  return null;
};
const edgeAt = (x, y, reach) => {
  let best = -1, least = reach;
  // what is not drawn cannot be meant
  if (linesAre === "bundles") return best;
  for (let e = 0; e < edgeOn.length; e++) {
    if (!edgeOn[e] || (linesAre === "far" && isAlike(e))) continue;
    const [ax_, ay_] = endOf(m.from[e]), [bx_, by_] = endOf(m.to[e]);
    const x1 = Math.min(ax_, bx_) - 60, x2 = Math.max(ax_, bx_) + 60, y1 = Math.min(ay_, by_) - 60, y2 = Math.max(ay_, by_) + 60;
    if (x < x1 || x > x2 || y < y1 || y > y2) continue;
    const p = courseOf(e);
    if (!p) continue;
    for (let k = 0; k < (p.bend ? 8 : 1); k++) {
      const at = (t) => (p.bend ? [(1 - t) ** 2 * p.x1 + 2 * t * (1 - t) * p.cx + t * t * p.x2, (1 - t) ** 2 * p.y1 + 2 * t * (1 - t) * p.cy + t * t * p.y2] : [p.x1 + (p.x2 - p.x1) * t, p.y1 + (p.y2 - p.y1) * t]);
      const [ax, ay] = at(p.bend ? k / 8 : 0), [bx, by] = at(p.bend ? (k + 1) / 8 : 1), l2 = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
      const t = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / l2)), d = Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)) - (stated(e) ? 2 : 0);
      if (d < least) { least = d; best = e; }
    }
  }
  return best;
};
const LINES_TOO_FAR = 0.12;
const under = ({ x, y }) => {
  const scale = network.getScale(), shut_ = shutAt(x, y), i = cardAt(x, y, 2 / scale);
  if (shut_) return shut_;
  if (i >= 0) return { node: i };
  const heading = headingAt(x, y);
  if (heading) return heading;
  const e = scale > LINES_TOO_FAR ? edgeAt(x, y, 6 / scale) : -1;
  if (e >= 0) return { edge: e };
  // far away a topic is all of its place
  for (let k = m.areas.length - 1; k >= 0; k--) {
    const a = m.areas[k];
    if (a.named && m.font[a.topic] * scale < HEADED && x >= a.x && x <= a.x + a.w && y >= a.y && y <= a.y + a.h) return { node: a.topic };
  }
  return null;
};
const TWICE = 700; // milliseconds between the two clicks of a double one
let tapped = null; // the heading that was clicked last, where and when
const isFresh = (tap_) => tap_ !== null && performance.now() - tap_.at < TWICE;
const tap = (found) => {
  if (found.chevron) toggleTopic(found.node);
  else choose(found, { move: false });
};

let pointerAt = 0;
const onPointer = (event) => {
  if (event.buttons) return;
  const at = performance.now();
  // many lines take a while to look through
  if (m.n > 5000 && at - pointerAt < 40) return;
  pointerAt = at;
  const box = size(), found = under(network.DOMtoCanvas({ x: event.clientX - box.left, y: event.clientY - box.top }));
  graph.classList.toggle("over", found !== null);
  rest(found?.node !== undefined && !isTopic(found.node) ? found.node : -1);
  if (!found) { hint.hidden = true; return; }
  if (found.node !== undefined) {
    hold([found.node]);
    sayHint(event, m.name[found.node], line(saidKind[kindOf(found.node)], m.decisions[m.decision[found.node]], isTopic(found.node) ? several(countIn(found.node), "paper") : several(m.degree[found.node], "relation")));
  } else {
    const e = found.edge, t = typeOf(e);
    sayHint(event, `${m.name[m.from[e]]} — ${t.active} — ${m.name[m.to[e]]}`, stated(e) ? line(`confidence ${m.confidence[e].toFixed(2)}`, m.flags[e] & HEDGED && "hedged") : "");
  }
};
const rest = (i) => { if (i !== hovered) { hovered = i; network.redraw(); } if (i < 0) hint.hidden = true; };
const sayHint = (event, title, facts) => {
  hint.replaceChildren(make("strong", cut(title, 4000)), make("div", facts));
  hint.classList.toggle("long", title.length > 300);
  hint.hidden = false;
  hint.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - hint.offsetWidth - 12))}px`;
  hint.style.top = `${Math.max(8, Math.min(event.clientY + 18, innerHeight - hint.offsetHeight - 12))}px`;
};
