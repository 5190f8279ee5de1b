// The rasters of all boards. Each spike is drawn once, into a strip: a hidden canvas with the picture of the time. Its columns are
// used again after 10 s. A picture copies the strip, so its cost does not depend on the number of spikes.
import { arrange } from './layout.js';
import { read } from './frames.js';
import { cellColor, color } from './show.js';

const SPAN = 10000, AHEAD = 600; // ms

export class Rasters {
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = canvas.getContext('2d');
    this.strip = document.createElement('canvas');
    this.ink = this.strip.getContext('2d');
    this.rows = new Map(); // by the number of a board
    this.frames = []; // { at, buffer } of the last 10 s
    this.cuts = []; // { at, seconds }
    this.drawn = 0; // the strip is clear up to this time
    this.list = [];
  }

  // place sets the boards in their order, and returns the layout. The strip is drawn anew when a place has changed.
  place(boards, shown, edge) {
    const scale = devicePixelRatio, { clientWidth: width, clientHeight: height } = this.canvas;
    this.paint.font = '700 100px system-ui, sans-serif';
    const longest = Math.max(3, ...boards.map((b) => Math.min(9, this.paint.measureText(shown(b)).width / 100)));
    const l = { ...arrange(Math.max(boards.length, 1), width, height, innerHeight, longest), scale };
    const key = JSON.stringify([l, width, height, boards.map((b) => [b.id, b.lines]), document.documentElement.dataset.theme]);
    if (key === this.key) {
      this.renew(boards);
      return this.layout;
    }
    this.key = key;
    this.list = boards;
    this.layout = l;
    l.time = Math.max(40, l.each - l.label); // px of the picture
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.high = Math.max(4, Math.floor(l.row * scale));
    this.wide = Math.max(40, Math.round(l.time * scale));
    this.strip.width = this.wide + Math.ceil((AHEAD / SPAN) * this.wide);
    this.strip.height = this.high * Math.max(boards.length, 1);
    this.tick = Math.max(1, Math.round(scale * Math.max(1, innerHeight / 700)));
    this.rows = new Map(boards.map((b, k) => [b.id, { y: k * this.high, lines: Math.max(b.lines, 1), inks: this.inks(b) }]));
    this.redraw(edge);
    return l;
  }

  // renew takes new rates of the boards.
  renew(boards) {
    for (const b of boards) {
      const row = this.rows.get(b.id);
      if (row) row.inks = this.inks(b);
    }
    this.list = boards;
  }

  // inks returns the colour and the opacity of each line of a board. Spikes closer than their width become transparent, so that a higher rate
  // stays darker.
  inks(b) {
    const few = b.lines <= 8;
    return Array.from({ length: Math.max(b.lines, 1) }, (_, k) => {
      const hz = b.rates?.[few ? (b.neurons ?? []).findLastIndex((n) => n.line <= k) : -1] ?? b.mean ?? 0;
      const over = (hz * (SPAN / 1000) * this.tick) / this.wide;
      return { color: few ? cellColor(k) : color('v'), alpha: over > 0.6 ? Math.max(0.12, (over / 0.6) ** -0.9) : 1 };
    });
  }

  redraw(edge) {
    this.ink.clearRect(0, 0, this.strip.width, this.strip.height);
    this.drawn = edge + AHEAD;
    for (const f of this.frames) this.draw(f.buffer, edge);
  }

  // x returns the strip's column of a time.
  x(at) {
    const all = this.strip.width, x = Math.floor((at * this.wide) / SPAN) % all;
    return x < 0 ? x + all : x;
  }

  // take draws the news of a frame.
  take(buffer, edge) {
    const { at, cut } = this.draw(buffer, edge);
    this.frames.push({ at, buffer });
    if (cut > 0) this.cuts.push({ at, seconds: cut });
    while (this.frames[0].at < at - SPAN - AHEAD) this.frames.shift();
    while (this.cuts.length && this.cuts[0].at < at - SPAN - AHEAD) this.cuts.shift();
    return at;
  }

  // clear clears the columns of the time up to AHEAD after the edge.
  clear(edge) {
    const until = edge + AHEAD, all = this.strip.width;
    if (!(until > this.drawn)) return;
    if (until - this.drawn > SPAN) this.ink.clearRect(0, 0, all, this.strip.height);
    const from = this.x(this.drawn), to = this.x(until);
    if (from <= to) this.ink.clearRect(from, 0, to - from, this.strip.height);
    else {
      this.ink.clearRect(from, 0, all - from, this.strip.height);
      this.ink.clearRect(0, 0, to, this.strip.height);
    }
    this.drawn = until;
  }

  draw(buffer, edge) {
    if (!this.layout) return read(buffer, () => {}, () => {});
    this.clear(edge);
    const { ink, high, rows, tick } = this;
    const old = edge - SPAN, pad = Math.max(1, Math.round(high * 0.07)), red = color('gap');
    let row, board = -1, line = 1;
    return read(buffer, (id, k, at) => {
      if (id !== board) {
        board = id;
        row = rows.get(id);
        if (row) line = (high - 2 * pad) / row.lines;
      }
      if (!row || at <= old || at >= this.drawn) return;
      const dye = row.inks[Math.min(k, row.inks.length - 1)];
      if (ink.fillStyle !== dye.color) ink.fillStyle = dye.color;
      if (ink.globalAlpha !== dye.alpha) ink.globalAlpha = dye.alpha;
      const gap = line > 5 ? Math.round(line * 0.12) : 0, y = Math.round(row.y + pad + k * line);
      ink.fillRect(this.x(at), y, tick, Math.max(1, Math.round(line) - gap));
    }, (id, from, to) => {
      const gone = rows.get(id);
      if (!gone || to <= old) return;
      ink.fillStyle = red;
      ink.globalAlpha = 1;
      const left = Math.max(from, old), x = this.x(left), w = Math.max(2, Math.round(((to - left) * this.wide) / SPAN));
      ink.fillRect(x, gone.y, w, high);
      if (x + w > this.strip.width) ink.fillRect(x - this.strip.width, gone.y, w, high);
    });
  }

  // show draws the picture at the time of its right edge.
  show(edge) {
    const { paint, layout: l, strip, wide, high } = this;
    if (!l || !Number.isFinite(edge)) return;
    this.clear(edge);
    const all = strip.width, s = l.scale, ground = color('ground'), panel = color('panel'), grid = color('grid');
    paint.fillStyle = panel;
    paint.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const from = this.x(edge - (SPAN * (wide - 1)) / wide), split = Math.min(wide, all - from);
    for (let c = 0; c < l.columns; c++) {
      const n = Math.min(l.rows, this.list.length - c * l.rows), left = Math.round((c * (l.each + l.gap) + l.label) * s);
      if (n <= 0) break;
      paint.fillStyle = ground;
      for (let r = 0; r < n; r++) paint.fillRect(left, r * high + 1, wide, high - 2);
      paint.fillStyle = grid;
      for (let t = 2; t < 10; t += 2) paint.fillRect(left + Math.round((wide * t) / 10), 0, Math.max(1, Math.round(s)), n * high);
      paint.drawImage(strip, from, c * l.rows * high, split, n * high, left, 0, split, n * high);
      if (split < wide) paint.drawImage(strip, 0, c * l.rows * high, wide - split, n * high, left + split, 0, wide - split, n * high);
      this.overlay(c, n, left, edge);
      this.axis(left, n * high);
    }
  }

  // overlay greys the boards that are gone, and marks the ends of freezes.
  overlay(c, n, left, edge) {
    const { paint, layout: l, high, wide } = this;
    paint.globalAlpha = 0.72;
    paint.fillStyle = color('panel');
    for (let r = 0; r < n; r++) if (this.list[c * l.rows + r].state !== 'online') paint.fillRect(left, r * high, wide, high);
    paint.globalAlpha = 1;
    paint.fillStyle = paint.strokeStyle = color('ink');
    for (const cut of this.cuts) {
      const x = left + wide - Math.round(((edge - cut.at) * wide) / SPAN);
      if (x < left || x > left + wide) continue;
      paint.setLineDash([6 * l.scale, 6 * l.scale]);
      paint.lineWidth = 2 * l.scale;
      paint.beginPath();
      paint.moveTo(x, 0);
      paint.lineTo(x, n * high);
      paint.stroke();
      paint.setLineDash([]);
    }
  }

  axis(left, y) {
    const { paint, layout: l, wide } = this, size = Math.round(l.axis * 0.72 * l.scale);
    paint.fillStyle = color('soft');
    paint.font = `${size}px system-ui, sans-serif`;
    paint.textBaseline = 'top';
    const step = wide > 15 * size ? 2 : wide > 8 * size ? 5 : 10;
    for (let t = 10; t >= 0; t -= step) {
      paint.textAlign = t === 0 ? 'right' : t === 10 ? 'left' : 'center';
      paint.fillText(t === 0 ? 'now' : `−${t} s`, left + Math.round((wide * (10 - t)) / 10), y + l.axis * 0.14 * l.scale);
    }
  }
}
