// --- the keyboard

const KEYS = [
  ["/", "search"], ["Tab", "from one control to the next"], ["← ↑ → ↓", "the next card that way; without one chosen, move the picture"], ["Shift + arrows", "move the picture"],
  ["+ −", "zoom in, zoom out"], ["0", "the whole graph"], ["1 2 3", "focus on what is within so many steps of what is chosen"], ["p", "path from what is chosen to another"],
  ["c", "close or open the topic that is chosen"], ["u", "unpin what is chosen"], ["Alt + arrows", "move the card that is chosen, and pin it"],
  ["l", "list of all that is shown"], ["Ctrl + Z", "undo the last change of filters, focus, topics, pins"], ["Esc", "close, step by step"], ["?", "this help"],
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
  for (const a of m.areas) if (a.topic >= 0 && !a.off && !a.inside) consider(a.topic, a.shut ? a.x + a.w / 2 : m.x[a.topic], a.shut ? shutBox(a).y + 20 : m.y[a.topic]);
  return best;
};
const pan = ([dx, dy]) => { const c = camera(); network.moveTo({ position: { x: c.x + (dx * STEP) / c.scale, y: c.y + (dy * STEP) / c.scale }, scale: c.scale, animation: false }); };
const zoom = (factor) => { const c = camera(); network.moveTo({ position: { x: c.x, y: c.y }, scale: Math.min(FURTHEST_IN, Math.max(FURTHEST_OUT, c.scale * factor)), animation: false }); };
const isChosen = () => chosen?.node !== undefined;

const onGraphKey = (event) => {
  const way = ARROWS[event.key];
  if (way && event.altKey && isChosen() && !isTopic(chosen.node)) {
    const i = chosen.node, c = camera();
    m.x[i] += (way[0] * 24) / c.scale;
    m.y[i] += (way[1] * 24) / c.scale;
    act((s) => pin(s, i));
  } else if (way && isChosen() && !event.shiftKey && !event.altKey) {
    const next = nextThatWay(chosen.node, way);
    if (next >= 0) choose({ node: next }, { move: false, push: false });
  } else if (way) {
    if (!isChosen() && !event.shiftKey && !event.altKey && event.key === "ArrowDown" && bright === null && panel.hidden && !cameraMoved) { const first_ = m.areas.find((a) => a.topic >= 0 && !a.off)?.topic ?? [...m.x.keys()].find(cardShown); if (first_ !== undefined) choose({ node: first_ }, { move: false, push: false }); else pan(way); }
    else pan(way);
  }
  else if (event.key === "Enter" && isChosen()) panel.querySelector("h2")?.focus();
  else return;
  event.preventDefault();
};
const onKey = (event) => {
  if (event.isComposing) return;
  const typing = document.activeElement?.matches("input:not([type=checkbox]):not([type=range]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !typing) { event.preventDefault(); undo(); return; }
  if (event.ctrlKey || event.metaKey || (event.altKey && !ARROWS[event.key])) return;
  if (event.key === "Escape") {
    if ($("help").open) return;
    if (picking !== null) leavePicking();
    else if (!panel.hidden || bright) clearAll(panel.contains(document.activeElement));
    return;
  }
  if (typing) return;
  const acts = {
    "/": () => { search.focus(); search.select(); }, "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "_": () => zoom(0.8), 0: () => overview(),
    l: showList, "?": () => $("help").showModal(), p: () => isChosen() && startPath(chosen.node), c: () => isChosen() && isTopic(chosen.node) && toggleTopic(chosen.node), u: () => isChosen() && unpin(chosen.node),
    1: () => isChosen() && focusOn(chosen.node, 1), 2: () => isChosen() && focusOn(chosen.node, 2), 3: () => isChosen() && focusOn(chosen.node, 3),
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
};
const buildHelp = () => {
  const table = $("keys");
  for (const [key, meaning] of KEYS) { const r = make("tr"), head = make("th", key); head.scope = "row"; r.append(head, make("td", meaning)); table.append(r); }
};
