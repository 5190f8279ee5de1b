// The lab: measured firing rate against current, the raster and the interspike intervals.
import { within } from '../columns.js';
import { histogram, intervals, statistics } from '../intervals.js';
import { parameters, picture } from '../export.js';
import { $, axes, cellColor, color, csv, download, fit, number, time } from '../show.js';

const ROWS = 8; // in the raster of one neuron
const BLOCK = 4; // a population has the height of so many neurons
const MOST = 1000; // intervals in the histogram
const DOT = 12; // px: measured points nearer to each other than this are drawn once
const PLOTS = ['fi', 'raster', 'isi'];

export default class Lab {
  static place = 'right';
  static id = 'lab';
  static title = 'The lab';
  static html = `
<div id="bench">
  <figure>
    <figcaption>Firing rate against current</figcaption>
    <div id="plot-fi" class="plot" role="img" aria-label="Firing rate against current: exact curve, discrete curve, measured points"></div>
    <p class="legend"><span class="key exact">exact</span><span class="key discrete">discrete</span><span class="key measured">measured</span> <span id="swept"></span></p>
    <div class="tools">
      <button id="sweep" title="Turn the knob through all currents and measure the rates" aria-pressed="false" hidden>Sweep</button>
      <button id="clear" title="Remove the measured points">Clear</button>
      <button id="shot-fi" title="Save the plot as a picture (PNG)">Picture</button>
      <button id="csv-fi" title="Save the points as a table (CSV)">CSV</button>
    </div>
  </figure>
  <figure>
    <figcaption>Raster</figcaption>
    <div id="plot-raster" class="plot" role="img" aria-label="Raster of the spikes"></div>
    <p class="legend" id="raster-note"></p>
    <div class="tools"><button id="shot-raster" title="Save the plot as a picture (PNG)">Picture</button><button id="csv-raster" title="Save the spikes as a table (CSV)">CSV</button></div>
  </figure>
  <figure>
    <figcaption>Interspike intervals</figcaption>
    <div id="plot-isi" class="plot" role="img" aria-label="Histogram of the interspike intervals"></div>
    <p class="legend" id="isi-note"></p>
    <div class="tools"><button id="clear-isi" title="Begin the interspike intervals and their CV anew">Clear</button><button id="shot-isi" title="Save the plot as a picture (PNG)">Picture</button><button id="csv-isi" title="Save the intervals as a table (CSV)">CSV</button></div>
  </figure>
</div>
`;

  constructor(shared) {
    Object.assign(this, { shared, end: 0 });
    this.clear();
    for (const name of PLOTS) {
      fit($(`plot-${name}`), () => this[name]);
      $(`shot-${name}`).onclick = () => this.picture(name);
    }
    $('clear').onclick = () => { this.clear(); this.draw(); };
    $('clear-isi').onclick = () => { this.shared.columns?.forget(); this.draw(); };
    $('sweep').onclick = () => this.sweep();
    $('csv-fi').onclick = () => download('hillock-fi.csv', csv(this.rateRows()));
    $('csv-raster').onclick = () => download('hillock-spikes.csv', csv(this.spikeRows()));
    $('csv-isi').onclick = () => download('hillock-isi.csv', csv([['interval_ms'], ...this.intervals().map((n) => [this.ms(n)])]));
  }

  get neuron() { return this.shared.hello.neurons[this.shared.cell]; }
  get now() { return this.shared.shown?.neurons[this.shared.cell]; }
  get dt() { return this.shared.hello.loop.dt_ms; }
  ms(steps) { return Number((steps * this.dt).toFixed(6)); }

  // sweepable is the first turnable input of the chosen neuron. underWay is the status of a swept input of any neuron.
  sweepable() { return this.shared.hello.inputs.find((p) => p.turnable && this.neuron.inputs.includes(p.name)); }
  underWay() { return this.shared.status?.inputs.find((s) => s.swept); }

  // sweep begins a sweep or ends the one under way: a turn by hand ends it at the knob's present position.
  sweep() {
    const now = this.underWay();
    if (now) this.shared.send({ type: 'turn', input: now.name, position: now.position });
    else this.shared.send({ type: 'sweep', input: this.sweepable().name });
  }

  hello() {
    const { may_change: may, neurons } = this.shared.hello, names = neurons.map((n) => `${n.name} ${n.count}`).join();
    const { exists } = this.shared.hello.network, raster = $('plot-raster').closest('figure');
    if (exists !== (raster.parentElement !== $('bench'))) (exists ? $('net-raster') : $('bench')).append(raster); // beside the network
    $('net-raster').classList.toggle('populations', neurons.some((n) => n.rows));
    $('sweep').disabled = !may;
    if (!this.fi || names !== this.names) this.restyle();
    else this.fi.setData(this.curves());
    this.names = names;
    this.status();
  }

  frame() { if (!this.shared.paused) this.end = this.shared.columns.end; }

  status() {
    const { virtual, neurons } = this.shared.hello, now = this.underWay();
    $('sweep').hidden = !(virtual && (now || this.sweepable()));
    $('sweep').setAttribute('aria-pressed', Boolean(now));
    $('sweep').textContent = now ? `Sweep ${Math.round(100 * now.position)} %` : 'Sweep';
    const names = now && neurons.length > 1 ? neurons.filter((n) => n.inputs.includes(now.name)).map((n) => n.name) : [];
    $('swept').textContent = names.length ? `sweep of ${names.join(', ')}` : '';
    if (!this.shared.paused) this.draw();
  }

  // rates takes measured points. Each replaces the earlier point of its neuron and bin.
  rates({ anew, points }) {
    if (anew) this.clear();
    points.forEach((some, k) => {
      this.measured[k] ??= new Map();
      for (const p of some) this.measured[k].set(p.bin, p);
    });
  }

  clear() { this.measured = []; }
  points() { return [...this.measured[this.shared.cell]?.values() ?? []]; }

  restyle() {
    this.unit = this.rowUnit();
    for (const name of PLOTS) {
      this[name]?.destroy();
      this[name] = this.build(name, $(`plot-${name}`));
    }
    this.draw();
  }

  // build returns a plot in a place, k times as large as on the page.
  build(name, place, k = 1) {
    const page = $(`plot-${name}`), { x, y, scales, series, data, hooks = {} } = this.plan(name, k), axis = axes(x, y, k);
    if (name === 'raster') Object.assign(axis[1], { space: 1, splits: () => this.blocks().map(({ top, height }) => top + height / 2), values: (u) => this.rowLabels(u, k), grid: { show: false } });
    return new uPlot({
      width: k * Math.max(50, page.clientWidth), height: k * Math.max(50, page.clientHeight), legend: { show: false }, cursor: { show: false },
      scales: { x: { time: false, ...scales.x }, y: scales.y }, axes: axis, series: [{}, ...series], hooks,
    }, data, place);
  }

  // plan describes a plot: the labels of its axes, its scales, series, data and hooks.
  plan(name, k) {
    const line = { points: { show: false }, width: 3 * k };
    switch (name) {
      case 'fi': return {
        x: 'I (nA)', y: 'rate (Hz)', scales: { x: { range: () => this.currents() }, y: { range: () => this.firing() } }, data: this.curves(),
        series: [{ ...line, stroke: color('v') }, { ...line, stroke: color('vt'), dash: [9 * k, 6 * k], width: 2.5 * k }],
        hooks: { drawClear: [(u) => this.dots(u, k)], draw: [(u) => this.present(u, k)] },
      };
      case 'raster': return {
        x: `time in the row (${this.unit})`, y: this.folded() ? 'row' : null, series: [{}], data: this.frameOfRows(), hooks: { draw: [(u) => this.strokes(u, k)] },
        scales: { x: { range: () => [0, this.rowLength() / this.scale()] }, y: { dir: -1, range: () => [-0.1, this.height() + 0.1] } },
      };
      default: return {
        x: 'interspike interval (ms)', y: 'intervals', data: this.bars(),
        scales: { x: { range: (_, low, high) => [low ?? 0, high ?? 1] }, y: { range: (_, low, high) => [0, Math.max(1, high ?? 1) * 1.08] } },
        series: [{ fill: color('v'), stroke: color('v'), width: 0, paths: uPlot.paths.bars({ size: [0.9, 200] }), points: { show: false } }],
      };
    }
  }

  curves() {
    const { curve } = this.neuron;
    return [curve.map((p) => p.i), curve.map((p) => p.discrete), curve.map((p) => p.exact)];
  }

  currents() {
    const { curve } = this.neuron, low = curve[0].i, high = curve.at(-1).i, room = 0.03 * (high - low); // for a point at an end
    return [low - room, high + room];
  }

  firing() {
    const top = Math.max(1, ...this.neuron.curve.map((p) => p.discrete ?? 0), ...this.points().map((p) => p.rate));
    return [-0.04 * top, 1.08 * top];
  }

  // draw draws the plots anew. In a pause only a choice of this page calls it.
  draw() {
    if (!this.fi || !this.shared.columns || document.hidden) return;
    if (this.unit !== this.rowUnit()) return this.restyle(); // it draws
    this.fi.setData(this.curves());
    this.raster.setData(this.frameOfRows());
    this.isi.setData(this.bars());
    $('raster-note').textContent = this.rasterNote();
    $('isi-note').textContent = this.intervalNote();
  }

  // dots draws the measured points beneath the curves.
  dots(u, k) {
    const { ctx, bbox } = u, ratio = devicePixelRatio * k;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left - 7 * ratio, bbox.top - 7 * ratio, bbox.width + 14 * ratio, bbox.height + 14 * ratio);
    ctx.clip();
    ctx.strokeStyle = color('ink');
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([]); // the exact curve leaves its own
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

  // present draws the neuron's present current and rate.
  present(u, k) {
    const { ctx } = u, { now } = this, ratio = devicePixelRatio * k;
    if (!now) return;
    ctx.save();
    ctx.fillStyle = color('el');
    ctx.strokeStyle = color('ink');
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(u.valToPos(now.i, 'x', true), u.valToPos(now.rate, 'y', true), 7 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    ctx.restore();
  }

  // The raster of one neuron is folded: each row is one time base long, the latest on top. Several neurons have a row each, and a
  // population has rows in the place of BLOCK neurons.
  folded() { const { neurons } = this.shared.hello; return neurons.length === 1 && neurons[0].count === 1; }
  rowLength() { return this.shared.base; } // ms
  rowUnit() { return this.rowLength() < 1000 ? 'ms' : 's'; }
  scale() { return this.unit === 's' ? 1000 : 1; } // ms

  // blocks are the rows: their name, their top and height, and the cell.
  blocks() {
    if (this.folded()) return Array.from({ length: ROWS }, (_, k) => ({ name: k ? `−${k}` : 'now', top: k, height: 1, cell: 0 }));
    let top = 0;
    return this.shared.hello.neurons.map(({ name, rows }, cell) => {
      const height = rows ? Math.min(rows, BLOCK) : 1;
      top += height;
      return { name, top: top - height, height, cell };
    });
  }

  height() { const last = this.blocks().at(-1); return last.top + last.height; }

  // rowLabels are the shortened names of the rows. Only rows with room have a label.
  rowLabels(u, k) {
    const blocks = this.blocks(), letters = 1.1 * k * parseFloat(getComputedStyle(document.documentElement).fontSize);
    let below = -Infinity;
    return blocks.map(({ name, top, height }) => {
      const y = (top + height / 2) * u.bbox.height / devicePixelRatio / this.height();
      if (y - below < letters) return '';
      below = y;
      return name.length > 12 ? `${name.slice(0, 11)}…` : name;
    });
  }

  // rows are the spikes of the blocks: the step and the place in the block, from 0 at its top to 1.
  rows() {
    const { columns, hello } = this.shared, span = this.rowLength() / this.dt, { end } = this;
    return this.blocks().map(({ cell, top, height }, k) => {
      const last = this.folded() ? Math.floor(end / span) * span + span * (1 - k) : end, { rows } = hello.neurons[cell];
      const spikes = rows ? within(columns.rasters[cell] ?? [], last - span + 1, last, ([step]) => step) : columns.spikesIn(cell, last - span + 1, last).map((s) => [s, 0]);
      return { first: last - span, top, height, cell, rows: rows || 1, spikes };
    });
  }

  frameOfRows() { return [[0, this.rowLength() / this.scale()], [null, null]]; }

  // strokes draws a stroke for each spike.
  strokes(u, k) {
    if (!this.shared.columns) return;
    const { ctx } = u;
    ctx.save();
    for (const { first, spikes, top, height, cell, rows } of this.rows()) {
      const room = 0.9 * height / rows, least = 1.5 * k * devicePixelRatio; // a dot is to be seen
      ctx.lineWidth = (rows > 20 ? 1.5 : 2) * k * devicePixelRatio;
      ctx.strokeStyle = this.folded() ? color('v') : cellColor(cell);
      ctx.beginPath();
      for (const [step, row] of spikes) {
        const x = u.valToPos((step - first) * this.dt / this.scale(), 'x', true), y = u.valToPos(top + 0.05 * height + row * room, 'y', true);
        ctx.moveTo(x, y);
        ctx.lineTo(x, Math.max(y + least, u.valToPos(top + 0.05 * height + (row + 1) * room - (rows > 1 ? 0 : 0.05), 'y', true)));
      }
      ctx.stroke();
    }
    ctx.restore();
  }

  rasterNote() {
    if (this.folded()) return `${time(this.rowLength())} a row`;
    const parts = this.shared.hello.neurons.filter((n) => n.rows).map((n) => `${n.name}: ${n.rows < n.count ? `${n.rows} of ` : ''}${n.count} neurons, mean ${number(this.shared.shown?.neurons.find((s) => s.name === n.name).rate, 1)} Hz`);
    return [`the latest ${time(this.rowLength())}`, ...parts].join(' · ');
  }

  rateRows() {
    const points = this.points().sort((a, b) => a.i - b.i);
    return [['current_na', 'rate_hz'], ...points.map((p) => [p.i, p.rate].map((x) => Number(x.toPrecision(6))))];
  }

  spikeRows() {
    const { neurons } = this.shared.hello, name = ({ name: table, count, rows }, row) => (rows ? `${table}.${row * Math.ceil(count / rows) + 1}` : table);
    return [['neuron', 'step', 'ms'], ...this.rows().flatMap(({ spikes, cell }) => spikes.map(([s, row]) => [name(neurons[cell], row), s, this.ms(s)]))];
  }

  // intervals are the interspike intervals of the present current and parameters, since the latest Clear.
  intervals() {
    const { columns, cell } = this.shared, since = Math.max(this.now?.intervals.since ?? 0, columns.cleared);
    return intervals(columns.spikesIn(cell, since, this.end), MOST);
  }

  bars() {
    const all = this.shared.columns ? this.intervals() : [];
    if (all.length < 2) return [[0, 1], [null, null]];
    const { at, counts } = histogram(all);
    return [at.map((n) => n * this.dt), counts];
  }

  intervalNote() {
    const all = this.intervals(), { mean, cv } = statistics(all);
    return all.length < 2 ? 'no intervals yet' : `latest ${all.length} · mean ${number(mean * this.dt, 2)} ms · CV ${number(cv, 3)}`;
  }

  // picture downloads a plot with its title, its legend, its note on the page, and the neuron's parameters.
  picture(name) {
    const { neurons, loop } = this.shared.hello, figure = $(`plot-${name}`).closest('figure'), { now } = this;
    const traces = this.folded() ? [] : neurons.map((n, k) => ({ name: n.name, color: cellColor(k) }));
    const about = {
      fi: { legend: [{ name: 'exact', color: color('vt'), dash: true }, { name: 'discrete', color: color('v') }], lines: [`${this.points().length} measured points · now ${number(now?.i, 2)} nA, ${number(now?.rate, 1)} Hz`] },
      raster: { legend: traces, lines: [this.rasterNote()] },
      isi: { lines: [this.intervalNote()] },
    }[name];
    const of = name === 'raster' ? neurons : [this.neuron];
    return picture(`hillock-${name}.png`, {
      title: figure.querySelector('figcaption').textContent, legend: about.legend ?? [], lines: [...about.lines, ...of.map((n) => parameters(n, loop))],
      plots: (k) => [this.build(name, document.createElement('div'), k)],
    });
  }
}
