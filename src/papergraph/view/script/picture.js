// --- pictures of what one sees: PNG, SVG, and print

// draws as a canvas does, as far as the painting here asks, and keeps it as SVG
class Drawing {
  constructor(v) {
    this.root = document.implementation.createDocument("http://www.w3.org/2000/svg", "svg");
    const svg = this.root.documentElement;
    svg.setAttribute("viewBox", [v.left, v.top, v.right - v.left, v.bottom - v.top].map((x) => x.toFixed(1)).join(" "));
    svg.setAttribute("width", v.width.toFixed(0));
    svg.setAttribute("height", v.height.toFixed(0));
    Object.assign(this, { globalAlpha: 1, fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, lineCap: "butt", lineJoin: "miter", font: "", textAlign: "left", textBaseline: "middle" });
    this.dash = [];
    this.path = [];
    this.measure = document.createElement("canvas").getContext("2d");
  }
  add(name, attributes, text) {
    const element = this.root.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
    // what XML has no place for is no character of a picture
    if (text !== undefined) element.textContent = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
    this.root.documentElement.append(element);
  }
  n(...values) { return values.map((x) => (Math.round(x * 10) / 10).toString()).join(" "); }
  get alpha() { return this.globalAlpha === 1 ? null : String(this.globalAlpha); }
  beginPath() { this.path = []; }
  closePath() { this.path.push("Z"); }
  moveTo(x, y) { this.path.push("M" + this.n(x, y)); }
  lineTo(x, y) { this.path.push("L" + this.n(x, y)); }
  quadraticCurveTo(cx, cy, x, y) { this.path.push("Q" + this.n(cx, cy, x, y)); }
  arc(x, y, r) { this.path.push(`M${this.n(x - r, y)}a${this.n(r, r)} 0 1 0 ${this.n(2 * r)} 0a${this.n(r, r)} 0 1 0 ${this.n(-2 * r)} 0Z`); }
  roundRect(x, y, w, h, r) { this.path.push(`M${this.n(x + r, y)}h${this.n(w - 2 * r)}a${this.n(r, r)} 0 0 1 ${this.n(r, r)}v${this.n(h - 2 * r)}a${this.n(r, r)} 0 0 1 ${this.n(-r, r)}h${this.n(2 * r - w)}a${this.n(r, r)} 0 0 1 ${this.n(-r, -r)}v${this.n(2 * r - h)}a${this.n(r, r)} 0 0 1 ${this.n(r, -r)}Z`); }
  fill() { this.add("path", { d: this.path.join(""), fill: this.fillStyle, "fill-opacity": this.alpha }); }
  stroke() { this.add("path", { d: this.path.join(""), fill: "none", stroke: this.strokeStyle, "stroke-width": this.n(this.lineWidth), "stroke-opacity": this.alpha, "stroke-dasharray": this.dash.length ? this.dash.join(" ") : null, "stroke-linejoin": this.lineJoin }); }
  fillRect(x, y, w, h) { this.add("rect", { x: this.n(x), y: this.n(y), width: this.n(w), height: this.n(h), fill: this.fillStyle, "fill-opacity": this.alpha }); }
  setLineDash(dash) { this.dash = dash; }
  measureText(text) { this.measure.font = this.font; return this.measure.measureText(text); }
  fillText(text, x, y, most) {
    const [, style, weight, size] = this.font.match(/^(italic )?(\d{3} )?([\d.]+)px/) || [], narrowed = most && this.measureText(text).width > most;
    this.add("text", {
      x: this.n(x), y: this.n(y), fill: this.fillStyle, "font-family": FONT, "font-size": size, "font-weight": weight ? weight.trim() : null, "font-style": style ? "italic" : null,
      "text-anchor": this.textAlign === "center" ? "middle" : null, "dominant-baseline": "central", textLength: narrowed ? this.n(most) : null, lengthAdjust: narrowed ? "spacingAndGlyphs" : null,
    }, text);
  }
  toString() { return new XMLSerializer().serializeToString(this.root); }
}

const saved = (blob, name) => {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`${name} saved`);
};
const fileName = (ending) => `${startOf(m.title.replace(/[^\p{L}\p{N} _-]+/gu, " ").trim(), 60) || "papergraph"}.${ending}`;
const asPng = () => {
  const v = view(), canvas = aside(() => { const c = painted(v, Math.max(2, devicePixelRatio || 1)); paintBright(c.getContext("2d"), v); return c; });
  canvas.toBlob((blob) => saved(blob, fileName("png")), "image/png");
};
const DETAILED = 3000; // a drawing of more cards than this is as coarse as the screen
const svgText = ({ asSeen = false } = {}) => {
  const seenNow = view(), drawing = new Drawing(seenNow), cards = [...m.x.keys()].filter((i) => cardShown(i) && inView(seenNow, m.x[i], m.y[i], m.w[i], m.h[i])).length;
  // a drawing can be enlarged: what cannot be read on the screen is in it all the same
  const v = cards <= DETAILED && !asSeen ? { ...seenNow, scale: Math.max(1, seenNow.scale) } : seenNow;
  drawing.fillStyle = look.ground;
  drawing.fillRect(v.left, v.top, v.right - v.left, v.bottom - v.top);
  aside(() => { paintAll(drawing, v); paintBright(drawing, v); });
  return drawing.toString();
};
const asSvg = () => saved(new Blob([svgText()], { type: "image/svg+xml" }), fileName("svg"));

// paper is white, and as large as the whole graph needs
const beforePrint = () => {
  const before = look, b = bounds(), scale = Math.min(2400 / (b.right - b.left), 3200 / (b.bottom - b.top), 2);
  look = { ...lookOf(false), ground: "#ffffff" };
  const v = viewOf({ x: (b.left + b.right) / 2, y: (b.top + b.bottom) / 2, scale }, (b.right - b.left + 20) * scale, (b.bottom - b.top + 20) * scale);
  // on paper nothing fades: it could hardly be read
  const canvas = aside(() => { const c = painted(v, 1); paintBright(c.getContext("2d"), v, { fade: false }); return c; });
  look = before;
  const image = make("img");
  image.id = "print";
  image.alt = `The graph of ${m.title}`;
  image.src = canvas.toDataURL("image/png");
  $("print")?.remove();
  document.querySelector("main").prepend(image);
};
const afterPrint = () => $("print")?.remove();
