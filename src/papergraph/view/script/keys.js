// --- the keyboard

const KEYS = [
  ["/", "search"], ["Tab", "from one control to the next"], ["← ↑ → ↓", "the next card that way; at first, the card in the middle"], ["Enter", "to what is told of the card"],
  ["Shift + arrows", "move the picture"], ["+ −", "zoom in, zoom out"], ["0", "the whole graph"], ["1 2 3", "focus on what is within so many steps of what is chosen"],
  ["p", "path from what is chosen to another"], ["c", "close or open the topic that is chosen"], ["u", "unpin what is chosen"], ["Alt + arrows", "move the card that is chosen, and pin it"],
  ["l", "list of all that is shown"], ["Ctrl + Z", "undo the last change of filters, focus, path, topics, pins"], ["Esc", "back, one thing at a time: path, focus, panel"], ["?", "this help"],
];
const STEP = 60;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// the nearest card in a direction, those straight ahead before those aside
const nextThatWay = (i, [dx, dy]) => {
  const from = boxOf(i);
  let best = -1, least = Infinity;
  const consider = (j, x, y) => {
    const along = (x - from.x) * dx + (y - from.y) * dy, aside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
    if (j === i || along <= 4 || aside > along * 2.5) return;
    const price = along + 2 * aside;
    if (price < least) { least = price; best = j; }
  };
  for (let j = 0; j < m.n; j++) if (cardShown(j)) consider(j, m.x[j], m.y[j]);
  for (const a of m.areas) if (a.named) consider(a.topic, a.shut ? a.x + a.w / 2 : m.x[a.topic], a.shut ? shutBox(a).y + 20 : m.y[a.topic]);
  return best;
};
const pan = ([dx, dy]) => { const c = camera(); network.moveTo({ position: { x: c.x + (dx * STEP) / c.scale, y: c.y + (dy * STEP) / c.scale }, scale: c.scale, animation: false }); };
const zoom = (factor) => { const c = camera(); network.moveTo({ position: { x: c.x, y: c.y }, scale: Math.min(FURTHEST_IN, Math.max(FURTHEST_OUT, c.scale * factor)), animation: false }); };
const isChosen = () => chosen?.node !== undefined;

// the card in the middle of what one sees, else the heading there
const inTheMiddle = () => {
  const c = camera(), v = view();
  let best = -1, least = Infinity;
  const consider = (j, x, y) => { const d = Math.hypot(x - c.x, y - c.y); if (d < least && x > v.left && x < v.right && y > v.top && y < v.bottom) { least = d; best = j; } };
  for (let j = 0; j < m.n; j++) if (cardShown(j)) consider(j, m.x[j], m.y[j]);
  if (best < 0) for (const a of m.areas) if (a.named) consider(a.topic, a.x + a.w / 2, a.y + a.h / 2);
  return best;
};
const goThatWay = (way) => {
  const next = isChosen() ? nextThatWay(chosen.node, way) : inTheMiddle();
  if (next >= 0) choose({ node: next }, { move: false, push: false });
};
const nudge = (i, [dx, dy]) => {
  const c = camera();
  m.x[i] += (dx * 24) / c.scale;
  m.y[i] += (dy * 24) / c.scale;
  act((s) => pin(s, i));
};
const onGraphKey = (event) => {
  const way = ARROWS[event.key];
  if (way && event.shiftKey) pan(way);
  else if (way && event.altKey) { if (isChosen() && !isTopic(chosen.node)) nudge(chosen.node, way); }
  else if (way && picking === null) goThatWay(way);
  else if (event.key === "Enter") { if (panel.hidden) goThatWay([0, 0]); else panel.querySelector("h2")?.focus(); }
  else return;
  event.preventDefault();
};
const onKey = (event) => {
  if (event.isComposing || $("help").open) return;
  const typing = document.activeElement?.matches("input:not([type=checkbox]):not([type=range]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !typing) { event.preventDefault(); undo(); return; }
  if (event.ctrlKey || event.metaKey || (event.altKey && !ARROWS[event.key])) return;
  if (event.key === "Escape") {
    if (picking !== null || !panel.hidden || bright) stepBack();
    return;
  }
  if (typing) return;
  const withChosen = (work) => () => { if (isChosen()) work(chosen.node); else say("Choose a card first: an arrow takes the one in the middle, / searches"); };
  const acts = {
    "/": () => { search.focus(); search.select(); }, "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "_": () => zoom(0.8), 0: () => overview(),
    l: () => showList(), "?": () => $("help").showModal(), p: withChosen(startPath), c: withChosen((i) => isTopic(i) && toggleTopic(i)), u: withChosen((i) => pinned.has(i) && unpin(i)),
    1: withChosen((i) => focusOn(i, 1)), 2: withChosen((i) => focusOn(i, 2)), 3: withChosen((i) => focusOn(i, 3)),
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
};
const buildHelp = () => {
  const table = $("keys");
  for (const [key, meaning] of KEYS) { const r = make("tr"), head = make("th", key); head.scope = "row"; r.append(head, make("td", meaning)); table.append(r); }
};
