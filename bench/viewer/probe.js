"use strict";
// Put into each page before its own scripts: takes the times within the page, so that no round trip is in them.
{
  const paints = ["fill", "stroke", "fillRect", "fillText", "drawImage", "putImageData"];
  const posted = (act) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => act(performance.now());
    port2.postMessage(0);
  };
  // a message sent in a frame's callback is read when that frame has been laid out and painted
  const nextFrame = () => new Promise((done) => { requestAnimationFrame(() => posted(done)); });

  // the next time that anything is drawn on a canvas in the document
  const nextInk = () => new Promise((done) => {
    const context = CanvasRenderingContext2D.prototype, own = paints.map((name) => context[name]);
    const restore = () => paints.forEach((name, i) => { context[name] = own[i]; });
    paints.forEach((name, i) => {
      context[name] = function (...given) {
        if (this.canvas.isConnected) { restore(); posted(done); }
        return own[i].apply(this, given);
      };
    });
  });

  const marks = [];
  const waiting = new Set();
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) marks.push({ name, startTime });
    for (const look of waiting) look();
  }).observe({ type: "mark", buffered: true });
  // when the page set the mark after `since`; null if it has not within `wait` milliseconds
  const marked = (name, since, wait) => new Promise((done) => {
    const end = (time) => { waiting.delete(look); clearTimeout(late); done(time); };
    const look = () => { const found = marks.find((m) => m.name === name && m.startTime > since); if (found) end(found.startTime); };
    const late = setTimeout(end, wait, null);
    waiting.add(look);
    look();
  });
  const sharp = (since) => (marks.some((m) => m.name === "papergraph:sharp") ? marked("papergraph:sharp", since, 2000) : null);

  const happened = (type, test) => new Promise((done) => {
    const seen = (event) => { if (test(event)) { removeEventListener(type, seen, true); done(event.timeStamp); } };
    addEventListener(type, seen, true);
  });
  // when `test` first holds after a change within the element
  const changed = (id, test, wait = 10_000) => new Promise((done) => {
    const watch = new MutationObserver(() => { if (test()) end(performance.now()); });
    const late = setTimeout(() => end(null), wait);
    const end = (time) => { watch.disconnect(); clearTimeout(late); done(time); };
    watch.observe(document.getElementById(id), { subtree: true, childList: true, characterData: true, attributes: true });
  });
  // holds once another element stands there, or the same with other words
  const another = (selector) => {
    const before = document.querySelector(selector), words = before?.textContent;
    return () => { const now = document.querySelector(selector); return now && now.textContent.trim() && (now !== before || now.textContent !== words); };
  };
  const took = async (start, change) => {
    const [from, to] = await Promise.all([start, change]);
    if (to === null) return null;
    return { change: to - from, frame: (await nextFrame()) - from };
  };

  const firstInk = nextInk().then(nextFrame);
  let times = [], running = false;
  const tick = (time) => { if (running) { times.push(time); requestAnimationFrame(tick); } };

  window.bench = {
    drawn: () => Promise.race([firstInk, marked("papergraph:first-draw", -1, 1e9)]).then(async () => {
      const mark = marks.find((m) => m.name === "papergraph:first-draw");
      return { mark: mark ? mark.startTime : null, ink: await Promise.race([firstInk, new Promise((done) => { setTimeout(done, 3000, null); })]) };
    }),
    settled: (wait) => marked("bench:settled", -1, wait),
    idle: async () => { await sharp(-1); await nextFrame(); },
    frames: {
      start() { times = []; running = true; requestAnimationFrame(tick); },
      stop() { running = false; return times.slice(1).map((t, i) => t - times[i]); },
    },
    search: () => took(happened("input", (e) => e.target.id === "search"), changed("results", another("#results li"))),
    select: () => took(happened("keydown", (e) => e.key === "Enter"), changed("panel", another("#panel h2"))),
    async filter() {
      const ink = nextInk(), start = await happened("click", (e) => e.target.closest("label, input"));
      const frame = await nextFrame();
      // where nothing is drawn on a canvas within a second, the frame is all there is to tell
      const drawn = await Promise.race([ink, new Promise((done) => { setTimeout(done, 1000, frame); })]);
      const clear = await sharp(start);
      return { frame: Math.max(frame, drawn) - start, sharp: clear === null ? null : clear - start };
    },
    // the largest canvas, and a place at its lower edge where the pointer takes hold of the ground
    stage() {
      const area = (c) => { const r = c.getBoundingClientRect(); return r.width * r.height; };
      const canvas = [...document.querySelectorAll("canvas")].sort((a, b) => area(b) - area(a))[0];
      const { left, top, right, bottom } = canvas.getBoundingClientRect();
      const host = document.getElementById("graph") ?? canvas.parentElement;
      const y = Math.min(bottom, innerHeight) - 6, x = (left + right) / 2;
      const free = [0, 1, -1, 2, -2, 3, -3].map((n) => x + n * 80).find((at) => host.contains(document.elementFromPoint(at, y)));
      return { grip: [free ?? x, y], middle: [x, (top + Math.min(bottom, innerHeight)) / 2] };
    },
    blank() {
      const small = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      [small.canvas.width, small.canvas.height] = [160, 100];
      for (const c of document.querySelectorAll("canvas")) if (c.isConnected && c.width && c.height) small.drawImage(c, 0, 0, 160, 100);
      return new Set(new Uint32Array(small.getImageData(0, 0, 160, 100).data.buffer)).size < 2;
    },
  };
}
