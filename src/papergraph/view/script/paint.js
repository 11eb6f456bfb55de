// --- painting: areas, lines, cards and signs, in the page's pixels, on a canvas or on what draws like one

const OPEN = "▾", SHUT = "▸";
const SMALLEST = 4.2; // the least size of letters on a card, in pixels of the screen
const HEADED = 5.5; // headings smaller than this stand as names across their places
const isRead = (i, v) => m.font[i] * v.scale >= SMALLEST; // whether a card's text can be
const rounded = (ctx, x, y, w, h, r) => { ctx.beginPath(); ctx.roundRect(x, y, w, h, Math.min(r, w / 2, h / 2)); };
const inView = (v, x, y, w, h) => x + w / 2 > v.left && x - w / 2 < v.right && y + h / 2 > v.top && y - h / 2 < v.bottom;

// the lines of a card: stretches of marks and name, as the layout measured them
const textOf = (i) => {
  const whole = m.mark[i] ? `${m.marks[m.mark[i]]} ${m.name[i]}` : m.name[i];
  let at = 0;
  return m.lines[i].map((units) => {
    while (whole[at] === " ") at++;
    const text = whole.slice(at, at + Math.abs(units));
    at += Math.abs(units);
    return units < 0 ? text + "…" : text;
  });
};

const paintAreas = (ctx, v) => {
  for (const a of m.areas) {
    if (!a.seen || a.x > v.right || a.x + a.w < v.left || a.y > v.bottom || a.y + a.h < v.top) continue;
    if (a.shut || a.w * v.scale < 3) continue;
    rounded(ctx, a.x, a.y, a.w, a.h, a.depth ? 9 : 13);
    ctx.fillStyle = look.area(a.hue, a.depth);
    ctx.fill();
    ctx.lineWidth = Math.max(1.2, 0.7 / v.scale);
    ctx.strokeStyle = look.rim(a.hue);
    ctx.stroke();
  }
};
const paintHeadings = (ctx, v) => {
  for (const a of m.areas) if (a.named && !a.shut && m.font[a.topic] * v.scale >= HEADED && inView(v, m.x[a.topic], m.y[a.topic], m.w[a.topic] + 120, m.h[a.topic])) paintHeading(ctx, a);
};
// closed topics lie over the lines, as cards do
const paintShut = (ctx, v) => {
  for (const a of m.areas) {
    if (!a.shut || !a.seen) continue;
    const box = shutBox(a);
    if (!inView(v, box.x + box.w / 2, box.y + box.h / 2, box.w, box.h)) continue;
    rounded(ctx, box.x, box.y, box.w, box.h, 11);
    ctx.fillStyle = look.area(a.hue, 3);
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = look.border(a.hue);
    ctx.stroke();
    if (m.font[a.topic] * box.k * v.scale >= SMALLEST) paintHeading(ctx, a);
  }
};
// a closed topic is as large as its name needs, in the middle of its place; far away larger, as far as its place allows
let scaleNow = 1;
const READABLE = 11;
const shutBox = (a) => {
  const w = m.w[a.topic] + 74, h = m.h[a.topic] + 22, k = Math.max(1, Math.min(READABLE / (m.font[a.topic] * scaleNow), a.w / w, a.h / h));
  return { x: a.x + (a.w - w * k) / 2, y: a.y + Math.max(0, Math.min((a.h - h * k) / 2, 60 * k)), w: w * k, h: h * k, k };
};
// the papers that have a topic, or one below it; a served page is told, for it holds only some of them
const countIn = (topic) => {
  if (m.live && m.live.counts[m.id[topic]] !== undefined) return m.live.counts[m.id[topic]];
  m.counts ??= new Map();
  if (!m.counts.has(topic)) m.counts.set(topic, new Set([topic, ...belowTopic(topic)].flatMap(papersOf)).size);
  return m.counts.get(topic);
};
const paintHeading = (ctx, a) => {
  const t = a.topic, box = a.shut ? shutBox(a) : null, k = box ? box.k : 1, size = m.font[t] * k;
  const left = box ? box.x + 34 * k : m.x[t] - m.w[t] / 2, middle = box ? box.y + box.h / 2 : m.y[t];
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = look.heading(a.hue);
  ctx.font = `${(size * 0.9).toFixed(1)}px ${FONT}`;
  ctx.fillText(a.shut ? SHUT : OPEN, left - 20 * k, middle);
  ctx.font = `600 ${size}px ${FONT}`;
  const text = textOf(t)[0], width = Math.min(ctx.measureText(text).width, m.w[t] * k + 4);
  ctx.fillText(text, left, middle, m.w[t] * k + 4);
  ctx.font = `${Math.max(11, size * 0.6)}px ${FONT}`;
  ctx.fillStyle = look.soft;
  ctx.fillText(String(countIn(t)), left + width + 8 * k, middle + 1);
};

// --- lines

// the box of a node, or of the closed topic that it stands in, with its middle
const boxOf = (i) => {
  const j = standsIn[i], a = isTopic(j) ? m.areaOf.get(j) : null;
  if (!a?.shut) return { x: m.x[j], y: m.y[j], w: m.w[j], h: m.h[j] };
  const { x, y, w, h } = shutBox(a);
  return { x: x + w / 2, y: y + h / 2, w, h };
};
// the point that lines seen from afar lead to
const endOf = (i) => { const b = boxOf(i); return [b.x, b.y]; };
// where the way from the middle of a box to a point leaves the box
const border = (b, x, y) => {
  const dx = x - b.x, dy = y - b.y;
  if (!dx && !dy) return [b.x, b.y];
  const t = Math.min(dx ? (b.w / 2 + 1) / Math.abs(dx) : Infinity, dy ? (b.h / 2 + 1) / Math.abs(dy) : Infinity, 1);
  return [b.x + dx * t, b.y + dy * t];
};
// both ends, the middle, and the point that a curve bends to; null where nothing is seen of it
const courseOf = (e) => {
  const a = boxOf(m.from[e]), b = boxOf(m.to[e]);
  if (standsIn[m.from[e]] === standsIn[m.to[e]]) return null;
  const bend = m.bend[e] * 26, dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy) || 1;
  const cx = (a.x + b.x) / 2 - (dy / length) * bend * 2, cy = (a.y + b.y) / 2 + (dx / length) * bend * 2;
  const [x1, y1] = border(a, cx, cy), [x2, y2] = border(b, cx, cy);
  return { x1, y1, x2, y2, cx, cy, bend, mx: bend ? (x1 + x2) / 4 + cx / 2 : (x1 + x2) / 2, my: bend ? (y1 + y2) / 4 + cy / 2 : (y1 + y2) / 2 };
};
const trace = (ctx, p, aside = 0) => {
  const length = Math.hypot(p.x2 - p.x1, p.y2 - p.y1) || 1, ox = (-(p.y2 - p.y1) / length) * aside, oy = ((p.x2 - p.x1) / length) * aside;
  ctx.moveTo(p.x1 + ox, p.y1 + oy);
  if (p.bend) ctx.quadraticCurveTo(p.cx + ox, p.cy + oy, p.x2 + ox, p.y2 + oy); else ctx.lineTo(p.x2 + ox, p.y2 + oy);
};
const zigzag = (ctx, p) => {
  const length = Math.hypot(p.x2 - p.x1, p.y2 - p.y1), teeth = Math.max(2, Math.round(length / 9)), nx = -(p.y2 - p.y1) / (length || 1), ny = (p.x2 - p.x1) / (length || 1);
  ctx.moveTo(p.x1, p.y1);
  for (let k = 1; k < teeth; k++) {
    const t = k / teeth, s = k % 2 ? 4 : -4;
    ctx.lineTo(p.x1 + (p.x2 - p.x1) * t + nx * s, p.y1 + (p.y2 - p.y1) * t + ny * s);
  }
  ctx.lineTo(p.x2, p.y2);
};
const DOUBLE = new Set(["CONSISTENT_WITH", "EQUIVALENT_TO"]);

const paintLine = (ctx, e, { strong = false } = {}) => {
  const p = courseOf(e);
  if (!p) return;
  const t = typeOf(e), colour = look.edge(m.type[e]);
  ctx.lineCap = "butt";
  ctx.lineJoin = "round";
  if (!stated(e)) {
    ctx.strokeStyle = strong ? look.soft : look.faint;
    ctx.lineWidth = strong ? 2 : 1.1;
    ctx.setLineDash(t.type === "ALIKE" ? [1.5, 4.5] : [6, 4]);
    ctx.beginPath();
    trace(ctx, p);
    ctx.stroke();
    ctx.setLineDash([]);
    return;
  }
  const hedged = m.flags[e] & HEDGED, width = 1.4 + 1.8 * m.confidence[e] + (strong ? 1 : 0);
  // what lies behind it must not be taken for a part of it
  ctx.strokeStyle = look.ground;
  ctx.lineWidth = width + 5;
  ctx.beginPath();
  trace(ctx, p);
  ctx.stroke();
  ctx.strokeStyle = colour;
  ctx.setLineDash(hedged ? [7, 5] : []);
  ctx.beginPath();
  if (t.type === "CONTRADICTS" && !p.bend) { ctx.lineWidth = width + 0.6; zigzag(ctx, p); }
  else if (DOUBLE.has(t.type)) { ctx.lineWidth = Math.max(1.3, width * 0.6); trace(ctx, p, width * 0.75); trace(ctx, p, -width * 0.75); }
  else { ctx.lineWidth = width; trace(ctx, p); }
  ctx.stroke();
  ctx.setLineDash([]);
  if (!t.symmetric) {
    const [fx, fy] = p.bend ? [p.cx, p.cy] : [p.x1, p.y1], length = Math.hypot(p.x2 - fx, p.y2 - fy) || 1, ux = (p.x2 - fx) / length, uy = (p.y2 - fy) / length, s = 8 + width;
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(p.x2, p.y2);
    ctx.lineTo(p.x2 - ux * s - uy * s * 0.5, p.y2 - uy * s + ux * s * 0.5);
    ctx.lineTo(p.x2 - ux * s + uy * s * 0.5, p.y2 - uy * s - ux * s * 0.5);
    ctx.closePath();
    ctx.fill();
  }
};
// the sign of the type, filled where the reader has stated or accepted it
const paintSign = (ctx, e) => {
  const p = courseOf(e);
  if (!p) return;
  const t = typeOf(e), colour = look.edge(m.type[e]), sure = m.flags[e] & (BY_HAND | ACCEPTED), striking = t.type === "CONTRADICTS", r = striking ? 10 : 7.5;
  ctx.beginPath();
  ctx.arc(p.mx, p.my, r, 0, 2 * Math.PI);
  ctx.fillStyle = sure ? colour : look.ground;
  ctx.fill();
  ctx.lineWidth = striking ? 2.4 : 1.5;
  ctx.strokeStyle = colour;
  ctx.stroke();
  ctx.fillStyle = sure ? look.ground : colour;
  ctx.font = `700 ${r * 1.6}px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(t.sign, p.mx, p.my + 0.5);
};

const SINGLE = 900; // more lines than this are not told apart by eye: they are drawn as bundles from place to place
const BUNDLES = 260;
let linesAre = "near"; // how they were last painted: near, far, or as bundles
const paintLines = (ctx, v) => {
  const seenEdges = [], anyShut = m.areas.some((a) => a.shut), end = anyShut ? endOf : (i) => [m.x[i], m.y[i]];
  for (let e = 0; e < edgeOn.length; e++) {
    if (!edgeOn[e] || (dragged.size && heavy && (dragged.has(m.from[e]) || dragged.has(m.to[e])))) continue;
    const [x1, y1] = end(m.from[e]), [x2, y2] = end(m.to[e]);
    if ((x1 < v.left && x2 < v.left) || (x1 > v.right && x2 > v.right) || (y1 < v.top && y2 < v.top) || (y1 > v.bottom && y2 > v.bottom)) continue;
    if (Math.abs(x1 - x2) * v.scale < 2 && Math.abs(y1 - y2) * v.scale < 2) continue;
    seenEdges.push(e);
  }
  linesAre = seenEdges.length > SINGLE ? "bundles" : v.scale > 0.3 ? "near" : "far";
  if (linesAre === "bundles") { paintBundles(ctx, v, seenEdges); return; }
  if (linesAre === "near") {
    const told = seenEdges.filter(stated);
    for (const e of seenEdges) if (!stated(e)) paintLine(ctx, e);
    for (const e of told) paintLine(ctx, e);
    if (v.scale > 0.42) for (const e of told) paintSign(ctx, e);
    return;
  }
  // far away: straight lines from middle to middle
  ctx.lineCap = "butt";
  ctx.globalAlpha = 0.6;
  for (const e of seenEdges) {
    if (isAlike(e)) continue;
    ctx.strokeStyle = look.edge(m.type[e]);
    ctx.lineWidth = (typeOf(e).type === "CONTRADICTS" ? 2 : 1.2) / v.scale;
    ctx.beginPath();
    ctx.moveTo(...end(m.from[e]));
    ctx.lineTo(...end(m.to[e]));
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
};
// the area that a node is seen in: its own, or the closed one around it
const placeNow = (i) => { const j = standsIn[i]; return j === i ? m.home[i] : m.areaOf.get(j).index; };
// one line for all relations from one place to another, as wide as they are many, in the colour of the commonest type
const paintBundles = (ctx, v, edges) => {
  const bundles = new Map(), k = m.areas.length + 1, types = m.types.length;
  for (const e of edges) {
    if (!stated(e)) continue;
    const a = placeNow(m.from[e]), b = placeNow(m.to[e]);
    if (a === b) continue;
    const key = Math.min(a, b) * k + Math.max(a, b);
    let found = bundles.get(key);
    if (!found) { found = { a, b, count: 0, of: new Uint32Array(types) }; bundles.set(key, found); }
    found.count++;
    found.of[m.type[e]]++;
  }
  const middle = (area) => (area < 0 ? null : m.areas[area].shut ? shutBox(m.areas[area]) : m.areas[area]);
  const most = [...bundles.values()].sort((p, q) => q.count - p.count || p.a - q.a || p.b - q.b).slice(0, BUNDLES);
  ctx.lineCap = "round";
  for (const { a, b, count, of } of most.reverse()) {
    const p = middle(a), q = middle(b);
    if (!p || !q) continue;
    const x1 = p.x + p.w / 2, y1 = p.y + p.h / 2, x2 = q.x + q.w / 2, y2 = q.y + q.h / 2;
    ctx.globalAlpha = 0.22;
    ctx.strokeStyle = look.edge(of.indexOf(Math.max(...of)));
    ctx.lineWidth = Math.min(9, 0.8 + 1.1 * Math.log2(count + 1)) / v.scale;
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.quadraticCurveTo((x1 + x2) / 2 + (y2 - y1) * 0.08, (y1 + y2) / 2 - (x2 - x1) * 0.08, x2, y2);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
};

// --- cards

const cardShown = (i) => on[i] && standsIn[i] === i && !isTopic(i);
const paintCard = (ctx, i, v, { accent = false } = {}) => {
  const x = m.x[i], y = m.y[i], w = m.w[i], h = m.h[i], hue = hueOf(i), kind = m.kind[i], size = m.font[i];
  rounded(ctx, x - w / 2, y - h / 2, w, h, kind === "C" ? h / 2 : 6);
  ctx.fillStyle = kind === "P" ? look.card : look.ground;
  ctx.fill();
  ctx.lineWidth = accent ? 3 : kind === "P" ? 1.3 : 1.1;
  ctx.strokeStyle = accent ? look.accent : kind === "C" ? look.soft : look.border(hue);
  ctx.setLineDash(kind === "R" ? [5, 4] : []);
  ctx.stroke();
  ctx.setLineDash([]);
  if (!isRead(i, v)) return;
  const lines = textOf(i), step = size * 1.22;
  ctx.fillStyle = kind === "R" ? look.soft : look.text;
  ctx.font = `${kind === "C" ? "italic " : m.degree[i] > 3 ? "600 " : ""}${size}px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  lines.forEach((text, k) => ctx.fillText(text, x, y + (k - (lines.length - 1) / 2) * step, w - 10));
  const decision = m.decisions[m.decision[i]];
  if (decision) {
    ctx.font = `600 10px ${FONT}`;
    const text = cut(decision, 16), width = Math.min(ctx.measureText(text).width + 10, w - 8);
    rounded(ctx, x + w / 2 - width - 6, y + h / 2 - 7, width, 14, 7);
    ctx.fillStyle = look.border(hue);
    ctx.fill();
    ctx.fillStyle = look.ground;
    ctx.fillText(text, x + w / 2 - width / 2 - 6, y + h / 2 + 0.5, width - 6);
  }
  if (pinned.has(i)) {
    ctx.beginPath();
    ctx.arc(x - w / 2 + 3, y - h / 2 + 3, 4, 0, 2 * Math.PI);
    ctx.fillStyle = look.accent;
    ctx.fill();
  }
};
const paintCards = (ctx, v) => {
  const byLook = new Map();
  for (let i = 0; i < m.n; i++) {
    if (!cardShown(i) || !inView(v, m.x[i], m.y[i], m.w[i], m.h[i]) || (heavy && dragged.has(i))) continue;
    if (isRead(i, v)) { if (!pinned.has(i)) paintCard(ctx, i, v); continue; }
    const key = `${hueOf(i)} ${m.kind[i] === "P" ? 1 : 0}`;
    if (byLook.has(key)) byLook.get(key).push(i); else byLook.set(key, [i]);
  }
  // too small to be read: bars, one colour at once, papers of the notes stronger than what is only named
  const least = 1.6 / v.scale;
  for (const [key, cards] of byLook) {
    const [hue, own] = key.split(" ").map(Number);
    ctx.fillStyle = own ? look.bar(hue) : look.rim(hue);
    for (const i of cards) {
      const w = Math.max(m.w[i] * 0.9, least), h = Math.max(m.h[i] * 0.75, least);
      ctx.fillRect(m.x[i] - w / 2, m.y[i] - h / 2, w, h);
    }
  }
};

// what one has put somewhere lies on top
const paintPinned = (ctx, v) => { for (const i of pinned.keys()) if (cardShown(i) && isRead(i, v) && inView(v, m.x[i], m.y[i], m.w[i], m.h[i]) && !(heavy && dragged.has(i))) paintCard(ctx, i, v); };
// writes names at a size that can be read, as many as have room: those that come first
const namesOn = (ctx, v, strong = false) => {
  const free = [], size = 13 / v.scale;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  return (name, letters, x, y, hue, most = Infinity, weight = 600) => {
    ctx.font = `${weight} ${size}px ${FONT}`;
    let text = cut(name, letters);
    const broad = ctx.measureText(text).width + 14 / v.scale, whole = v.right - v.left;
    // no name is wider than what one sees
    if (broad > whole * 0.9) text = cut(name, Math.max(4, Math.floor((text.length * whole * 0.85) / broad)));
    const w = ctx.measureText(text).width + 14 / v.scale, h = size * 1.6;
    if (w > most || x + w / 2 < v.left || x - w / 2 > v.right || y < v.top || y > v.bottom) return;
    x = Math.max(v.left + w / 2, Math.min(v.right - w / 2, x));
    const box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
    if (free.some((o) => o[0] < box[2] && o[2] > box[0] && o[1] < box[3] && o[3] > box[1])) return;
    free.push(box);
    rounded(ctx, box[0], box[1], w, h, h / 2);
    ctx.fillStyle = hue === null ? look.accent : look.area(hue, 3);
    ctx.fill();
    ctx.lineWidth = (strong ? 1.5 : 1) / v.scale;
    ctx.strokeStyle = hue === null ? look.accent : strong ? look.border(hue) : look.rim(hue);
    ctx.stroke();
    ctx.fillStyle = hue === null ? look.ground : look.heading(hue);
    ctx.fillText(text, x, y);
  };
};
// far away, where headings and cards cannot be read
const paintNames = (ctx, v) => {
  const put = namesOn(ctx, v);
  for (const a of m.largest ??= m.areas.filter((x) => x.topic >= 0).sort((p, q) => q.w * q.h - p.w * p.h).slice(0, 400)) {
    if (!a.named || a.shut || m.font[a.topic] * v.scale >= HEADED) continue;
    // where places stand in it, its name must not be taken for one of theirs
    put(m.name[a.topic], 40, a.holdsAreas && a.within >= 0 ? m.x[a.topic] : a.x + a.w / 2, a.holdsAreas ? m.y[a.topic] : a.y + a.h / 2, a.hue, Math.max(a.w * 1.3, (a.depth ? 60 : 140) / v.scale));
  }
  for (const i of m.known ??= [...Array(m.n).keys()].filter((j) => "PR".includes(m.kind[j]) && m.degree[j]).sort((a, b) => m.degree[b] - m.degree[a] || a - b).slice(0, 300)) {
    if (!cardShown(i) || isRead(i, v)) continue;
    const a = m.areas[m.home[i]];
    // over its own place, so that it is not taken for another's
    put(m.name[i], 34, m.x[i], m.y[i], hueOf(i), a ? a.w : Infinity, 500);
  }
};

const paintAll = (ctx, v) => {
  scaleNow = v.scale;
  paintAreas(ctx, v);
  paintLines(ctx, v);
  paintHeadings(ctx, v);
  paintCards(ctx, v);
  paintPinned(ctx, v);
  paintShut(ctx, v);
  paintNames(ctx, v);
};
// all but what is bright fades; that is painted again, above
const NAMED = 24;
const paintBright = (ctx, v, { fade = true } = {}) => {
  if (!bright) return;
  if (fade) {
    ctx.globalAlpha = look.dark ? 0.72 : 0.74;
    ctx.fillStyle = look.ground;
    ctx.fillRect(v.left, v.top, v.right - v.left, v.bottom - v.top);
    ctx.globalAlpha = 1;
  }
  const cards = [...bright].filter((i) => cardShown(i) && inView(v, m.x[i], m.y[i], m.w[i], m.h[i])), own = seen.focus !== null ? m.index.get(seen.focus) : chosen?.node;
  for (const i of bright) {
    const a = isTopic(i) && m.areaOf.get(i);
    if (!a || !a.seen) continue;
    const box = a.shut ? shutBox(a) : a;
    if (i === own || a.shut) { rounded(ctx, box.x, box.y, box.w, box.h, 11); ctx.lineWidth = Math.max(2.5, 2 / v.scale); ctx.strokeStyle = i === own ? look.accent : look.border(a.hue); ctx.stroke(); }
    if (m.font[i] * v.scale >= (a.shut ? SMALLEST : HEADED)) paintHeading(ctx, a);
  }
  for (const e of brightEdges) paintLine(ctx, e, { strong: true });
  for (const i of cards) {
    if (isRead(i, v)) { paintCard(ctx, i, v, { accent: i === own }); continue; }
    const l = 3 / v.scale, w = Math.max(m.w[i], l), h = Math.max(m.h[i], l);
    ctx.fillStyle = i === own ? look.accent : look.border(hueOf(i));
    ctx.fillRect(m.x[i] - w / 2, m.y[i] - h / 2, w, h);
  }
  if (v.scale > 0.35) for (const e of brightEdges) if (stated(e)) paintSign(ctx, e);
  // who they are, where their cards cannot be read
  const put = namesOn(ctx, v, true);
  if (own !== undefined && !isTopic(own) && on[own] && !isRead(own, v)) { const b = boxOf(own); put(m.name[own], 60, b.x, b.y - 20 / v.scale, null); }
  // in a topic that is chosen there are too many
  if (own === undefined || !isTopic(own)) for (const i of cards.slice(0, NAMED)) if (i !== own && !isRead(i, v)) put(m.name[i], 30, m.x[i], m.y[i], hueOf(i), Infinity, 500);
};
