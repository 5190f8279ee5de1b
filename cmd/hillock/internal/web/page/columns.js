// The data from the server: columns of the traces and every spike, in steps of the loop.

const SIZE = 1 << 16; // columns kept: a minute and more at the scope's widths
const SPIKES = 50000; // of each cell, each source and each raster
const VERSION = 2; // of frames
export const [VMIN, VMAX, VLAST, IMIN, IMAX, SMIN, SMAX, WMIN, WMAX] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const ALL = 9, OUTER = 5; // values of a cell with inner currents, and without
const INNER = 1, RASTER = 2; // flags of a cell in a frame

// replace puts the told spikes of some steps into a train, in place of earlier ones of these steps. stepOf returns the step of one.
function replace(train, told, first, end, stepOf = (s) => s) {
  if (!train.length || stepOf(train.at(-1)) < first) train.push(...told);
  else train.splice(0, train.length, ...train.filter((s) => stepOf(s) < first), ...told, ...train.filter((s) => stepOf(s) >= end));
  if (train.length > SPIKES) train.splice(0, train.length - SPIKES / 2);
}

// Columns is a ring; column 0 is the oldest one.
export class Columns {
  constructor(cells) {
    this.cells = cells;
    this.first = new Float64Array(SIZE);
    this.per = new Float64Array(SIZE);
    this.values = null; // in the first frame
    this.until = Infinity; // columns from this step on are not kept: they would push out those of a pause
    this.clear();
  }

  clear() {
    this.head = this.count = 0;
    this.spikes = Array.from({ length: this.cells }, () => []); // of the first neuron of each cell
    this.sources = []; // the spikes of the spike inputs
    this.rasters = Array.from({ length: this.cells }, () => null); // of populations: the step and the row of each drawn spike
    this.cleared = 0; // the step of forget
    this.missed = 0;
    this.outputs = 0;
  }

  slot(k) { return (this.head + k) % SIZE; }
  start(k) { return this.first[this.slot(k)]; }
  width(k) { return this.per[this.slot(k)]; }
  value(k, cell, what) { return this.values[this.slot(k) * this.room + this.offset[cell] + what]; }
  inner(cell) { return Boolean(this.flags?.[cell] & INNER); }
  empty(k) { return Number.isNaN(this.value(k, 0, VMIN)); }

  // end is the number of the last step.
  get end() { return this.count ? this.start(this.count - 1) + this.width(this.count - 1) - 1 : 0; }
  get begin() { return this.count ? this.start(0) : 0; }

  // read takes a frame of the protocol (frame.go). The frame replaces earlier data of its steps. read returns the new spikes.
  read(buffer) {
    const view = new DataView(buffer), version = view.getUint8(0);
    if (version !== VERSION) throw new Error(`the server sends frames of version ${version}, this page reads version ${VERSION}: reload the page`);
    const cells = view.getUint8(1), columns = view.getUint16(2, true);
    const first = view.getFloat64(4, true), per = view.getFloat64(12, true), run = view.getUint32(28, true);
    if (cells !== this.cells) return null;
    if (run !== this.run) this.clear(); // another loop begins at step 1
    this.run = run;
    this.missed = view.getUint32(20, true);
    this.outputs = view.getUint32(24, true);
    let at = this.prepare(view, view.getUint8(32));
    const kept = first < this.until ? columns : 0, end = first + columns * per;
    while (kept && this.count && this.end >= first) this.count--;
    if (!kept) at += columns * this.room * 4;
    for (let k = 0; k < kept; k++) {
      if (this.count === SIZE) { this.head = (this.head + 1) % SIZE; this.count--; }
      const s = this.slot(this.count++);
      this.first[s] = first + k * per;
      this.per[s] = per;
      for (let j = 0; j < this.room; j++, at += 4) this.values[s * this.room + j] = view.getFloat32(at, true);
    }
    const fresh = [];
    for (const [k, train] of [...this.spikes, ...this.sources].entries()) {
      const n = view.getUint32(at, true), told = [], known = train.at(-1) ?? -Infinity;
      at += 4;
      for (let j = 0; j < n; j++, at += 8) told.push(view.getFloat64(at, true));
      replace(train, told, first, end);
      if (k < cells) fresh.push(told.filter((s) => s > known));
    }
    for (let c = 0; c < cells; c++) if (this.flags[c] & RASTER) at = this.raster(c, view, at, first, end);
    return { first, spikes: fresh };
  }

  // prepare reads the flags of the cells, and returns the place after them.
  prepare(view, sources) {
    const flags = new Uint8Array(view.buffer, 33, this.cells);
    if (String(flags) !== String(this.flags)) {
      this.flags = flags.slice();
      this.offset = [];
      this.room = 0; // values of a column
      for (const f of flags) { this.offset.push(this.room); this.room += f & INNER ? ALL : OUTER; }
      this.values = new Float32Array(SIZE * this.room);
      this.count = 0;
    }
    while (this.sources.length < sources) this.sources.push([]);
    return 33 + this.cells;
  }

  // raster reads the raster of a population, and returns the place after it.
  raster(cell, view, at, first, end) {
    const own = this.rasters[cell] ??= [], told = [], n = view.getUint32(at, true);
    at += 4;
    for (let j = 0; j < n; j++, at += 6) told.push([first + view.getUint32(at, true), view.getUint16(at + 4, true)]);
    replace(own, told, first, end, (s) => s[0]);
    return at;
  }

  // at is the index of the column of a step, or of the first column after it.
  at(step) {
    let lo = 0, hi = this.count;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.start(mid) + this.width(mid) - 1 < step) lo = mid + 1; else hi = mid;
    }
    return lo;
  }

  // forget begins the interspike intervals anew, on this page.
  forget() { this.cleared = this.end + 1; }

  // intervals are the interspike intervals of a cell from a step on, in steps, oldest first.
  intervals(cell, since) {
    const spikes = this.spikesIn(cell, since, Infinity);
    return spikes.slice(1).map((s, k) => s - spikes[k]);
  }

  // measured are the intervals of a cell as the server has them (Intervals in internal/web/wire.go), or those since forget.
  measured(cell, server, dt) {
    if (this.cleared <= server.since) return server;
    const all = this.intervals(cell, this.cleared), n = all.length, mean = all.reduce((a, b) => a + b, 0) / n;
    const spread = Math.sqrt(all.reduce((sum, d) => sum + (d - mean) ** 2, 0) / n);
    return { since: this.cleared, n, mean_ms: n ? mean * dt : 0, cv: n ? spread / mean : 0 };
  }

  // spikesIn are the spikes of a cell from one step to another, both included.
  spikesIn(cell, from, to) { return within(this.spikes[cell], from, to); }
}

// within are the spikes of a train from one step to another, both included. stepOf returns the step of one.
export function within(train, from, to, stepOf = (s) => s) {
  const below = (step) => {
    let lo = 0, hi = train.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (stepOf(train[mid]) < step) lo = mid + 1; else hi = mid;
    }
    return lo;
  };
  return train.slice(below(from), below(to + 1));
}
