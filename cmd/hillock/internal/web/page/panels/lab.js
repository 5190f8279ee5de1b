// The lab: firing rate against current as it is measured, the raster, and the times between spikes.
import { $, axes, cellColor, color, csv, download, fit, number, time } from '../show.js';

const ROWS = 8; // of the raster of one neuron
const LATEST = 1000; // intervals in the histogram, as in the status
const BINS = 30;
const DOT = 12; // px from one drawn point to the next

export default class Lab {
  static place = 'right';
  static id = 'lab';
  static title = 'The lab';
  static html = `
<div id="bench">
  <figure>
    <figcaption>Firing rate against current</figcaption>
    <div id="plot-fi" class="plot" role="img" aria-label="Firing rate against current: exact curve, discrete curve, measured points"></div>
    <p class="legend"><span class="key exact">exact</span><span class="key discrete">discrete</span><span class="key measured">measured</span></p>
    <div class="tools">
      <button id="sweep" aria-pressed="false" hidden>Sweep</button>
      <button id="clear">Clear</button>
      <button id="csv-fi">CSV</button>
    </div>
  </figure>
  <figure>
    <figcaption>Raster</figcaption>
    <div id="plot-raster" class="plot" role="img" aria-label="Raster of the spikes"></div>
    <p class="legend" id="raster-note"></p>
    <div class="tools"><button id="csv-raster">CSV</button></div>
  </figure>
  <figure>
    <figcaption>Times between spikes</figcaption>
    <div id="plot-isi" class="plot" role="img" aria-label="Histogram of the times between spikes"></div>
    <p class="legend" id="isi-note"></p>
    <div class="tools"><button id="csv-isi">CSV</button></div>
  </figure>
</div>
`;

  constructor(shared) {
    this.shared = shared;
    this.clear();
    for (const name of ['fi', 'raster', 'isi']) fit($(`plot-${name}`), () => this[name]);
    $('clear').onclick = () => { this.clear(); this.draw(); };
    $('sweep').onclick = () => this.sweep();
    $('csv-fi').onclick = () => download('hillock-fi.csv', csv(this.rateRows()));
    $('csv-raster').onclick = () => download('hillock-spikes.csv', csv(this.spikeRows()));
    $('csv-isi').onclick = () => download('hillock-isi.csv', csv([['interval_ms'], ...this.intervals().map((n) => [this.ms(n)])]));
  }

  get neuron() { return this.shared.hello.neurons[this.shared.cell]; }
  get dt() { return this.shared.hello.loop.dt_ms; }
  ms(steps) { return Number((steps * this.dt).toFixed(6)); }

  // swept is the first input of the neuron that the page may turn; underWay is its status while the server does so.
  swept() { return this.shared.hello.inputs.find((p) => p.turnable && this.neuron.inputs.includes(p.name)); }
  underWay() { return this.shared.status?.inputs.find((s) => s.swept && s.name === this.swept()?.name); }

  // sweep begins one, or ends it: a turn by hand does, to where the knob is.
  sweep() {
    const now = this.underWay(), input = this.swept().name;
    if (now) return this.shared.send({ type: 'turn', input, position: now.position });
    this.shared.send({ type: 'sweep', input });
  }

  hello() {
    const { virtual, may_change: may, neurons } = this.shared.hello;
    $('sweep').hidden = !(virtual && this.swept());
    $('sweep').disabled = !may;
    const names = neurons.map((n) => n.name).join();
    if (!this.fi || names !== this.names) this.restyle();
    else this.fi.setData(this.curves());
    this.names = names;
  }

  status() {
    const now = this.underWay();
    $('sweep').setAttribute('aria-pressed', Boolean(now));
    $('sweep').textContent = now ? `Sweep ${Math.round(100 * now.position)} %` : 'Sweep';
    this.draw();
  }

  // rates takes measured points. Those of a neuron are kept by their bins.
  rates({ anew, points }) {
    if (anew) this.clear();
    points.forEach((some, k) => {
      this.measured[k] ??= new Map();
      for (const p of some) this.measured[k].set(p.bin, p);
    });
  }

  // clear forgets the points, until there are others.
  clear() { this.measured = []; }
  points() { return [...this.measured[this.shared.cell]?.values() ?? []]; }

  restyle() {
    for (const name of ['fi', 'raster', 'isi']) this[name]?.destroy();
    this.unit = this.rowUnit();
    const make = (name, x, y, scales, series, data, hooks = {}) => {
      const place = $(`plot-${name}`), axis = axes(x, y);
      if (name === 'raster') Object.assign(axis[1], { space: 1, splits: () => this.rowNames().map((_, k) => k), values: (u) => this.namesOf(u), grid: { show: false } });
      return new uPlot({ width: Math.max(50, place.clientWidth), height: Math.max(50, place.clientHeight), legend: { show: false }, cursor: { show: false },
        scales: { x: { time: false, ...scales.x }, y: scales.y }, axes: axis, series: [{}, ...series], hooks }, data, place);
    };
    const solid = { points: { show: false }, width: 3 };
    const top = () => {
      const most = Math.max(1, ...this.neuron.curve.map((p) => p.discrete ?? 0), ...this.points().map((p) => p.rate));
      return [-0.04 * most, 1.08 * most];
    };
    this.fi = make('fi', 'I (nA)', 'rate (Hz)', { y: { range: top } }, [
      { ...solid, stroke: color('v') }, { ...solid, stroke: color('vt'), dash: [9, 6], width: 2.5 }],
    this.curves(), { drawClear: [(u) => this.dots(u)], draw: [(u) => this.now(u)] });
    this.raster = make('raster', `time in the row (${this.unit})`, null, { x: { range: () => [0, this.rowLength() / this.scale()] }, y: { dir: -1, range: () => [-0.6, this.rowNames().length - 0.4] } },
      [{}], [[0, 1], [null, null]], { draw: [(u) => this.strokes(u)] });
    this.isi = make('isi', 'time to the next spike (ms)', 'intervals', { x: { range: (_, lo, hi) => [lo ?? 0, hi ?? 1] }, y: { range: (_, lo, hi) => [0, Math.max(1, hi ?? 1) * 1.08] } },
      [{ fill: color('v'), stroke: color('v'), width: 0, paths: uPlot.paths.bars({ size: [0.9, 200] }), points: { show: false } }], [[0, 1], [null, null]]);
    this.draw();
  }

  curves() {
    const { curve } = this.neuron;
    return [curve.map((p) => p.i), curve.map((p) => p.discrete), curve.map((p) => p.exact)];
  }

  draw() {
    if (!this.fi || !this.shared.columns || document.hidden) return;
    if (this.unit !== this.rowUnit()) return this.restyle(); // which draws
    const { curve } = this.neuron, least = curve[0].i, most = curve.at(-1).i, room = 0.03 * (most - least); // for a point at an end
    this.fi.redraw(false);
    this.fi.setScale('x', { min: least - room, max: most + room });
    this.raster.setData([[0, this.rowLength() / this.scale()], [null, null]]);
    this.raster.redraw();
    this.histogram();
  }

  // dots are the measured points, beneath the curves; of those that lie in one place one is drawn.
  dots(u) {
    const { ctx, bbox } = u, ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left - 7 * ratio, bbox.top - 7 * ratio, bbox.width + 14 * ratio, bbox.height + 14 * ratio);
    ctx.clip();
    ctx.strokeStyle = color('ink');
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([]); // which the exact curve left behind
    ctx.beginPath();
    const drawn = new Set(), place = (px) => Math.round(px / ratio / DOT);
    for (const p of this.points()) {
      const x = u.valToPos(p.i, 'x', true), y = u.valToPos(p.rate, 'y', true), key = `${place(x)} ${place(y)}`;
      if (drawn.has(key)) continue;
      drawn.add(key);
      ctx.moveTo(x + 5 * ratio, y);
      ctx.arc(x, y, 5 * ratio, 0, 2 * Math.PI);
    }
    ctx.stroke();
    ctx.restore();
  }

  // now is the neuron as it is.
  now(u) {
    const { ctx } = u, now = this.shared.status?.neurons[this.shared.cell];
    if (!now) return;
    ctx.save();
    ctx.fillStyle = color('el');
    ctx.strokeStyle = color('ink');
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(u.valToPos(now.i, 'x', true), u.valToPos(now.rate, 'y', true), 7 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    ctx.restore();
  }

  // The raster of one neuron is folded: each row is a time base, the newest on top. Several have a row each.
  folded() { return this.shared.hello.neurons.length === 1; }
  rowLength() { return this.shared.base; } // ms
  rowUnit() { return this.rowLength() < 1000 ? 'ms' : 's'; }
  scale() { return this.unit === 's' ? 1000 : 1; } // ms in the unit
  rowNames() { return this.folded() ? Array.from({ length: ROWS }, (_, k) => (k ? `−${k}` : 'now')) : this.shared.hello.neurons.map((n) => n.name); }

  // namesOf leaves out names for want of height.
  namesOf({ height }) {
    const names = this.rowNames(), letters = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const each = Math.max(1, Math.ceil(1.2 * letters * names.length / Math.max(1, height - 4 * letters)));
    return names.map((name, k) => (k % each ? '' : name));
  }

  rows() {
    const { columns } = this.shared, span = this.rowLength() / this.dt, end = columns.end;
    return this.rowNames().map((_, k) => {
      const last = this.folded() ? Math.floor(end / span) * span + span * (1 - k) : end;
      return { first: last - span, spikes: columns.spikesIn(this.folded() ? 0 : k, last - span + 1, last) };
    });
  }

  strokes(u) {
    if (!this.shared.columns) return;
    const { ctx } = u, ratio = devicePixelRatio;
    ctx.save();
    ctx.lineWidth = 2 * ratio;
    this.rows().forEach(({ first, spikes }, k) => {
      ctx.strokeStyle = this.folded() ? color('v') : cellColor(k);
      ctx.beginPath();
      for (const s of spikes) {
        const x = u.valToPos((s - first) * this.dt / this.scale(), 'x', true);
        ctx.moveTo(x, u.valToPos(k - 0.4, 'y', true));
        ctx.lineTo(x, u.valToPos(k + 0.4, 'y', true));
      }
      ctx.stroke();
    });
    ctx.restore();
    $('raster-note').textContent = this.folded() ? `${time(this.rowLength())} a row` : `the latest ${time(this.rowLength())}`;
  }

  rateRows() {
    const points = this.points().sort((a, b) => a.i - b.i);
    return [['current_na', 'rate_hz'], ...points.map((p) => [p.i, p.rate].map((x) => Number(x.toPrecision(6))))];
  }

  spikeRows() {
    const rows = [['neuron', 'step', 'ms']], names = this.shared.hello.neurons.map((n) => n.name);
    this.rows().forEach(({ spikes }, k) => rows.push(...spikes.map((s) => [names[this.folded() ? 0 : k], s, this.ms(s)])));
    return rows;
  }

  measuredNow() {
    const { columns, cell, status } = this.shared;
    return columns.measured(cell, status?.neurons[cell]?.intervals ?? { since: 0, n: 0, mean_ms: 0, cv: 0 }, this.dt);
  }

  // intervals are the latest ones, in steps, under the present current and parameters.
  intervals() {
    return this.shared.columns.intervals(this.shared.cell, this.measuredNow().since).slice(-LATEST);
  }

  histogram() {
    const all = this.intervals(), now = this.measuredNow();
    if (all.length < 2) {
      $('isi-note').textContent = 'no intervals yet';
      this.isi.setData([[0, 1], [null, null]]);
      return;
    }
    const least = Math.min(...all), wide = Math.max(1, Math.ceil((Math.max(...all) - least + 1) / BINS)), bins = new Array(BINS + 4).fill(0);
    for (const n of all) bins[2 + Math.floor((n - least) / wide)]++;
    this.isi.setData([bins.map((_, k) => (least + (k - 2) * wide + (wide - 1) / 2) * this.dt), bins]);
    $('isi-note').textContent = `the latest ${now.n}: mean ${number(now.mean_ms, 2)} ms, CV ${number(now.cv, 3)}`;
  }
}
