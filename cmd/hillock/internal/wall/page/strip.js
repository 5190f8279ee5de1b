// The strip of the rasters: a hidden canvas with the picture of the time. Each spike is drawn once. The columns are used again after 10 s.
import { read } from './frames.js';

export const SPAN = 10000, AHEAD = 600; // ms: of the picture, and beyond its right edge

export class Strip {
  constructor(canvas) {
    this.canvas = canvas;
    this.ink = canvas.getContext('2d');
    this.rows = new Map(); // by the number of a board
    this.empty();
  }

  // empty forgets all frames.
  empty() {
    this.frames = []; // { at, buffer } of the last 10 s
    this.cuts = []; // { at, seconds } of the ends of freezes
    this.drawn = 0; // the strip is clear up to this time
  }

  // place sets the width of the picture and the height of a board, px, the width of a spike, and the rows: by board { lines, inks }, where
  // inks has { color, alpha } of each line. It draws the frames anew.
  place({ wide, high, tick, rows, red }, edge) {
    Object.assign(this, { wide, high, tick, red });
    this.canvas.width = wide + Math.ceil((AHEAD / SPAN) * wide);
    this.canvas.height = high * Math.max(rows.size, 1);
    this.rows = new Map([...rows].map(([id, row], k) => [id, { ...row, y: k * high }]));
    this.drawn = edge + AHEAD;
    for (const f of this.frames) this.draw(f.buffer, edge);
  }

  // x returns the column of a time.
  x(at) {
    const all = this.canvas.width, x = Math.floor((at * this.wide) / SPAN) % all;
    return x < 0 ? x + all : x;
  }

  // take draws the news of a frame, and returns its time.
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
    const { ink, canvas: { width: all, height } } = this, until = edge + AHEAD;
    if (!(until > this.drawn)) return;
    const from = this.x(this.drawn), to = this.x(until);
    if (until - this.drawn > SPAN) ink.clearRect(0, 0, all, height);
    else if (from <= to) ink.clearRect(from, 0, to - from, height);
    else {
      ink.clearRect(from, 0, all - from, height);
      ink.clearRect(0, 0, to, height);
    }
    this.drawn = until;
  }

  draw(buffer, edge) {
    if (!this.wide) return read(buffer, () => {}, () => {});
    this.clear(edge);
    const { ink, high, rows, tick } = this, old = edge - SPAN, pad = Math.max(1, Math.round(high * 0.07));
    let row, board = -1, line = 1;
    return read(buffer, (id, k, at) => {
      if (id !== board) {
        board = id;
        row = rows.get(id);
        if (row) line = (high - 2 * pad) / row.lines;
      }
      if (!row || k >= row.lines || at <= old || at >= this.drawn) return; // a board may have had more lines before
      const dye = row.inks[k];
      if (ink.fillStyle !== dye.color) ink.fillStyle = dye.color;
      if (ink.globalAlpha !== dye.alpha) ink.globalAlpha = dye.alpha;
      const gap = line > 5 ? Math.round(line * 0.12) : 0, y = Math.round(row.y + pad + k * line);
      ink.fillRect(this.x(at), y, tick, Math.max(1, Math.round(line) - gap));
    }, (id, from, to) => {
      const gone = rows.get(id);
      if (!gone || to <= old) return;
      ink.fillStyle = this.red;
      ink.globalAlpha = 1;
      const left = Math.max(from, old), x = this.x(left), w = Math.max(2, Math.round(((to - left) * this.wide) / SPAN));
      ink.fillRect(x, gone.y, w, high);
      if (x + w > this.canvas.width) ink.fillRect(x - this.canvas.width, gone.y, w, high);
    });
  }
}
