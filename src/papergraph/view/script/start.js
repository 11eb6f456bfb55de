// --- start

let tall = false; // which of the layouts is shown
const load = (core, { address = true } = {}) => {
  loaded = false;
  m = modelOf(core);
  stand(m, isTall());
  tall = isTall();
  index = texts = all = null;
  past.length = 0;
  first = true;
  sharp = wide = lastView = null;
  cameraMoved = false;
  const at = address ? readAddress() : (seen = blank(), chosen = null);
  derive();
  buildLegend();
  if (!network) startStage();
  fillStage();
  syncLegend();
  isStale = true;
  if (at) { network.moveTo({ position: at, scale: at.scale, animation: false }); cameraMoved = true; } else overview(false);
  loaded = true;
  if (seen.path) openPath();
  else if (chosen) choose(chosen, { move: !at, push: false });
  network.redraw();
};
const relook = () => { look = lookOf(dark.matches); buildLegend(); syncLegend(); stale(); refreshPanel(); };
const onAddress = () => {
  if (m.live) {
    const sheet = new URLSearchParams(location.hash.slice(1)).get("sheet") || "map";
    if (sheet !== m.live.at) { openSheet(sheet, { address: true, push: false }); return; }
  }
  const at = readAddress();
  changed();
  if (seen.path) openPath();
  else if (chosen) choose(chosen, { move: !at, push: false });
  else { panel.hidden = true; document.body.classList.remove("reading"); brighten(); network.redraw(); }
  if (at) network.moveTo({ position: at, scale: at.scale, animation: false });
};

const start = async () => {
  if (!graph) return; // there is nothing to show, and the page says so
  const core = await inflate("core");
  if (narrow.matches) legend.open = false;
  buildHelp();
  load(core);
  startSearch();
  graph.addEventListener("keydown", onGraphKey);
  document.addEventListener("keydown", onKey);
  dark.addEventListener("change", relook);
  addEventListener("resize", () => {
    if (!m.tall || isTall() === tall) return;
    tall = isTall();
    stand(m, tall);
    m.held = m.counts = m.largest = null;
    changed();
    overview(false);
  });
  addEventListener("popstate", onAddress);
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);
  $("whole").addEventListener("click", () => { overview(); });
  $("list").addEventListener("click", showList);
  $("png").addEventListener("click", asPng);
  $("svg").addEventListener("click", asSvg);
  $("print-it").addEventListener("click", () => print());
  $("link").addEventListener("click", async () => {
    writeAddress();
    try { await navigator.clipboard.writeText(location.href); say("The link to what you see is copied"); } catch { say("The link to what you see stands in the address bar"); }
  });
  const menu = document.querySelector(".menu");
  menu.addEventListener("click", (event) => { if (event.target.closest("button")) menu.open = false; });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape" && menu.open) { event.stopPropagation(); menu.open = false; menu.querySelector("summary").focus(); } });
  document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  $("ask-help").addEventListener("click", () => $("help").showModal());
  if (m.live) startLive();
  // what comes next is read while one looks
  requestIdleCallback(() => { names(); if (!m.live && m.n < 5000) readTexts(); }, { timeout: 2000 });
};
const ready = start();
// for tests: where things stand, and the same ways in that the controls have
window.papergraph = {
  ready, choose: (id) => ready.then(() => choose(elementOf(id), { push: true })), find: (text) => find(text).map((i) => m.id[i]), svg: () => svgText(),
  get model() { return m; }, get seen() { return seen; }, get network() { return network; }, get shown() { return { nodes: [...on].filter(Boolean).length, edges: [...edgeOn].filter(Boolean).length }; },
  screen: (id) => { const i = m.index.get(id), b = boxOf(i), p = network.canvasToDOM({ x: b.x, y: b.y }), s = size(); return { x: p.x + s.left, y: p.y + s.top }; },
  edgeScreen: (id) => { const p = courseOf(edgeOf(id)), q = network.canvasToDOM({ x: p.mx, y: p.my }), s = size(); return { x: q.x + s.left, y: q.y + s.top }; },
  camera, related: (id) => relatedTo(m.index.get(id), 10).map((r) => [m.id[r.node], r.score]), bright: () => (bright ? [...bright].map((i) => m.id[i]) : null),
};
