// --- start

let tall = false; // which of the layouts is shown
const load = (core, { address = true } = {}) => {
  loaded = false;
  tall = isTall();
  m = modelOf(core);
  stand(m, tall);
  index = texts = all = reading = null;
  past.length = 0;
  first = true;
  sharp = wide = lastView = tapped = shows = null;
  hovered = -1;
  showing++;
  clearTimeout(settle);
  cameraMoved = moving = heavy = false;
  if (picking !== null && !m.index.has(picking)) { leavePicking(); say("What the path was to begin at is not on this sheet"); }
  if (!network) startStage();
  const at = address ? readAddress() : (seen = blank(), chosen = null);
  derive();
  buildLegend();
  fillStage();
  syncStage();
  syncLegend();
  isStale = loaded = true;
  showFromAddress(at);
  network.redraw();
};
// what the address says is chosen, with the camera where it says
const showFromAddress = (at) => {
  if (at) { network.moveTo({ position: at, scale: at.scale, animation: false }); cameraMoved = true; } else if (lastView === null) overview(false);
  if (seen.path) openPath({ stays: at !== null });
  else if (chosen) choose(chosen, { push: false, stays: at !== null });
  else shutPanel();
};
const relook = () => { look = lookOf(dark.matches); buildLegend(); syncLegend(); stale(); refreshPanel(); };
const onAddress = () => {
  if (m.live) {
    const sheet = new URLSearchParams(location.hash.slice(1)).get("sheet") || "map";
    if (sheet !== m.live.at) { openSheet(sheet, { address: true, push: false }); return; }
  }
  const at = readAddress();
  changed({ write: false, tellAnew: false });
  showFromAddress(at);
};
const onResize = () => {
  if (!m.tall || isTall() === tall) return;
  tall = isTall();
  stand(m, tall);
  changed();
  overview(false);
};

const start = async () => {
  if (!graph) return; // there is nothing to show, and the page says so
  if (!window.DecompressionStream) { document.querySelector("main").append(make("p", "This browser is too old for the page: it needs one of 2023 or later.", "problem")); return; }
  const core = await inflate("core");
  if (narrow.matches) legend.open = false;
  buildHelp();
  load(core, { address: !core.live });
  startSearch();
  graph.addEventListener("keydown", onGraphKey);
  document.addEventListener("keydown", onKey);
  dark.addEventListener("change", relook);
  addEventListener("resize", onResize);
  addEventListener("popstate", onAddress);
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);
  $("whole").addEventListener("click", () => overview());
  $("list").addEventListener("click", () => showList());
  $("png").addEventListener("click", asPng);
  $("svg").addEventListener("click", asSvg);
  $("print-it").addEventListener("click", () => print());
  $("link").addEventListener("click", copyLink);
  // a page in a notebook's frame has no address of its own
  $("link").hidden = window !== top;
  startMenu();
  $("ask-help").addEventListener("click", () => $("help").showModal());
  if (m.live) startLive();
  // what comes next is read while one looks
  idle(() => { names(); if (m.n < 5000) readTexts(); });
};
const copyLink = async () => {
  writeAddress();
  try { await navigator.clipboard.writeText(location.href); say("The link to what you see is copied"); } catch { say("The link to what you see stands in the address bar"); }
};
const startMenu = () => {
  const menu = document.querySelector(".menu");
  menu.addEventListener("click", (event) => { if (event.target.closest("button")) menu.open = false; });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape" && menu.open) { event.stopPropagation(); menu.open = false; menu.querySelector("summary").focus(); } });
  document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) menu.open = false; });
};
const ready = start();
// for tests: where things stand, and the same ways in that the controls have
window.papergraph = {
  ready, choose: (id) => ready.then(() => choose(elementOf(id), { push: true })), find: (text) => find(text).map((i) => m.id[i]), svg: () => svgText(), drawn: () => svgText({ asSeen: true }),
  get model() { return m; }, get seen() { return seen; }, get network() { return network; }, get shown() { return { nodes: [...on].filter(Boolean).length, edges: [...edgeOn].filter(Boolean).length }; },
  screen: (id) => { const i = m.index.get(id), b = boxOf(i), p = network.canvasToDOM({ x: b.x, y: b.y }), s = size(); return { x: p.x + s.left, y: p.y + s.top }; },
  edgeScreen: (id) => { const p = courseOf(edgeOf(id)), q = network.canvasToDOM({ x: p.mx, y: p.my }), s = size(); return { x: q.x + s.left, y: q.y + s.top }; },
  camera, related: (id) => relatedTo(m.index.get(id), 10).map((r) => [m.id[r.node], r.score]), reasons: (id) => relatedTo(m.index.get(id), 10).map((r) => reasonsOf(m.index.get(id), r)),
  bright: () => (bright ? [...bright].map((i) => m.id[i]) : null),
};
