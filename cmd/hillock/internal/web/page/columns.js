// The data from the server: columns of the traces and every spike, in steps of the loop.

const SIZE = 1 << 16; // columns kept: a minute and more at the scope's widths
const SPIKES = 50000; // of each cell
export const [VMIN, VMAX, VLAST, IMIN, IMAX] = [0, 1, 2, 3, 4];

// Columns is a ring; column 0 is the oldest one.
export class Columns {
  constructor(cells) {
    this.cells = cells;
    this.first = new Float64Array(SIZE);
    this.per = new Float64Array(SIZE);
    this.values = new Float32Array(SIZE * cells * 5);
    this.until = Infinity; // columns from this step on are not kept: they would push out those of a pause
    this.clear();
  }

  clear() {
    this.head = this.count = 0;
    this.spikes = Array.from({ length: this.cells }, () => []);
    this.cleared = 0; // the step of forget
    this.missed = 0;
    this.outputs = 0;
  }

  slot(k) { return (this.head + k) % SIZE; }
  start(k) { return this.first[this.slot(k)]; }
  width(k) { return this.per[this.slot(k)]; }
  value(k, cell, what) { return this.values[(this.slot(k) * this.cells + cell) * 5 + what]; }
  empty(k) { return Number.isNaN(this.value(k, 0, VMIN)); }

  // end is the number of the last step.
  get end() { return this.count ? this.start(this.count - 1) + this.width(this.count - 1) - 1 : 0; }
  get begin() { return this.count ? this.start(0) : 0; }

  // read takes a frame of the protocol. The frame replaces earlier data of its steps. read returns the new spikes.
  read(buffer) {
    const view = new DataView(buffer);
    if (view.getUint8(0) !== 1) throw new Error(`the server sends frames of version ${view.getUint8(0)}, this page reads version 1: reload the page`);
    const cells = view.getUint8(1), columns = view.getUint16(2, true);
    const first = view.getFloat64(4, true), per = view.getFloat64(12, true), run = view.getUint32(28, true);
    if (cells !== this.cells) return null;
    if (run !== this.run) this.clear(); // another loop begins at step 1
    this.run = run;
    this.missed = view.getUint32(20, true);
    this.outputs = view.getUint32(24, true);
    const kept = first < this.until ? columns : 0;
    while (kept && this.count && this.end >= first) this.count--;
    let at = 32;
    if (!kept) at += columns * cells * 20;
    for (let k = 0; k < kept; k++) {
      if (this.count === SIZE) { this.head = (this.head + 1) % SIZE; this.count--; }
      const s = this.slot(this.count++);
      this.first[s] = first + k * per;
      this.per[s] = per;
      for (let j = 0; j < cells * 5; j++, at += 4) this.values[s * cells * 5 + j] = view.getFloat32(at, true);
    }
    const fresh = [];
    for (let c = 0; c < cells; c++) {
      const n = view.getUint32(at, true), told = [], known = this.spikes[c].at(-1) ?? -Infinity;
      at += 4;
      for (let j = 0; j < n; j++, at += 8) told.push(view.getFloat64(at, true));
      if (known < first) this.spikes[c].push(...told);
      else {
        const all = this.spikes[c], end = first + columns * per;
        this.spikes[c] = [...all.filter((s) => s < first), ...told, ...all.filter((s) => s >= end)];
      }
      if (this.spikes[c].length > SPIKES) this.spikes[c].splice(0, this.spikes[c].length - SPIKES / 2);
      fresh.push(told.filter((s) => s > known));
    }
    return { first, spikes: fresh };
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
  spikesIn(cell, from, to) {
    const all = this.spikes[cell];
    const below = (step) => {
      let lo = 0, hi = all.length;
      while (lo < hi) {
        const mid = (lo + hi) >> 1;
        if (all[mid] < step) lo = mid + 1; else hi = mid;
      }
      return lo;
    };
    return all.slice(below(from), below(to + 1));
  }
}
