// The rasters of all boards. A picture copies the strip, so its cost does not depend on the number of spikes.
import { TROUBLES, WORDS, arrange } from './layout.js';
import { cellColor, color } from './show.js';
import { SPAN, Strip } from './strip.js';

export class Rasters {
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = canvas.getContext('2d');
    this.strip = new Strip(document.createElement('canvas'));
    this.list = [];
  }

  // place sets the boards in their order, and returns the layout. The strip is drawn anew when a place has changed.
  place(boards, shown, edge) {
    const scale = devicePixelRatio, { clientWidth: width, clientHeight: height } = this.canvas;
    this.paint.font = '700 100px system-ui, sans-serif';
    const wide = (text) => this.paint.measureText(text).width / 100;
    const [longest, words, troubles] = [boards.map((b) => shown(b)), WORDS, TROUBLES].map((texts) => Math.max(3, ...texts.map(wide)));
    const l = { ...arrange(Math.max(boards.length, 1), width, height, innerHeight, Math.min(9, longest), words, troubles), scale };
    const key = JSON.stringify([l, width, height, boards.map((b) => [b.id, b.lines]), document.documentElement.dataset.theme]);
    if (key === this.key) {
      for (const b of boards) this.strip.rows.get(b.id).inks = this.inks(b); // for new rates
      this.list = boards;
      return this.layout;
    }
    this.key = key;
    this.list = boards;
    this.layout = l;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.high = Math.max(4, Math.floor(l.row * scale));
    this.wide = Math.max(40, Math.round((l.each - l.label) * scale));
    this.tick = Math.max(1, Math.round(scale * Math.max(1, innerHeight / 700)));
    const rows = new Map(boards.map((b) => [b.id, { lines: Math.max(b.lines, 1), inks: this.inks(b) }]));
    this.strip.place({ wide: this.wide, high: this.high, tick: this.tick, rows, red: color('gap') }, edge);
    return l;
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

  // show draws the picture at the time of its right edge.
  show(edge) {
    const { paint, layout: l, strip, wide, high } = this;
    if (!l || !Number.isFinite(edge)) return;
    strip.clear(edge);
    const { canvas } = strip, all = canvas.width, s = l.scale, ground = color('ground'), panel = color('panel'), grid = color('grid');
    paint.fillStyle = panel;
    paint.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const from = strip.x(edge - (SPAN * (wide - 1)) / wide), split = Math.min(wide, all - from);
    for (let c = 0; c < l.columns; c++) {
      const n = Math.min(l.rows, this.list.length - c * l.rows), left = Math.round((c * (l.each + l.gap) + l.label) * s);
      if (n <= 0) break;
      paint.fillStyle = ground;
      for (let r = 0; r < n; r++) paint.fillRect(left, r * high + 1, wide, high - 2);
      paint.fillStyle = grid;
      for (let t = 2; t < 10; t += 2) paint.fillRect(left + Math.round((wide * t) / 10), 0, Math.max(1, Math.round(s)), n * high);
      paint.drawImage(canvas, from, c * l.rows * high, split, n * high, left, 0, split, n * high);
      if (split < wide) paint.drawImage(canvas, 0, c * l.rows * high, wide - split, n * high, left + split, 0, wide - split, n * high);
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
    for (const cut of this.strip.cuts) {
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
    const step = wide > 21 * size ? 2 : wide > 9 * size ? 5 : 10;
    for (let t = 10; t >= 0; t -= step) {
      paint.textAlign = t === 0 ? 'right' : t === 10 ? 'left' : 'center';
      paint.fillText(t === 0 ? 'now' : `−${t} s`, left + Math.round((wide * (10 - t)) / 10), y + l.axis * 0.14 * l.scale);
    }
  }
}
