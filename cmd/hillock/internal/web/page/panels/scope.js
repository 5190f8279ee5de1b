// The scope: V with threshold and rest, a stroke at each spike, I beneath.
import { VMIN, VMAX, VLAST, IMIN, IMAX } from '../columns.js';
import { $, axes, cellColor, color, csv, download, fit, number, time } from '../show.js';
import { Cursors } from '../cursors.js';
import { svg } from '../svg.js';

const BASES = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]; // ms of the neuron's time
const SWEEPS = 8; // that persistence shows
const BEFORE = 0.2; // of the width lies before the spike that triggers
const MOST = 20000; // columns a second that are asked for
const PAST = 8192; // columns before now that are asked for: a dozen screens

export default class Scope {
  static place = 'right';
  static id = 'scope';
  static title = 'The scope';
  static html = `
<dl id="numbers"></dl>
<div class="tools">
  <div class="bases" role="group" aria-label="Time base, of the neuron's time">
    <button id="faster" aria-label="Shorter time base">−</button>
    <select id="base" aria-label="Time base, of the neuron's time"></select>
    <button id="slower" aria-label="Longer time base">+</button>
  </div>
  <button id="pause" aria-pressed="false">Pause</button>
  <button id="trigger" aria-pressed="false">Trigger</button>
  <button id="persist" aria-pressed="false">Persistence</button>
  <button id="cursors" aria-pressed="false">Cursors</button>
  <button id="shot">Picture</button>
  <button id="csv">CSV</button>
</div>
<label id="back-label" hidden>back <input id="back" type="range" min="0" max="1000" value="0"><output id="back-time"></output></label>
<p id="names" class="legend" hidden></p>
<div id="plots">
  <div id="plot-v" class="plot" role="img" aria-label="Membrane potential against time"></div>
  <div id="plot-i" class="plot" role="img" aria-label="Current against time"></div>
  <div id="cursor-a" class="cursor" role="slider" tabindex="0" aria-label="Cursor A" aria-valuemin="0" aria-valuemax="100" hidden>A</div>
  <div id="cursor-b" class="cursor" role="slider" tabindex="0" aria-label="Cursor B" aria-valuemin="0" aria-valuemax="100" hidden>B</div>
  <p id="waiting" hidden></p>
</div>
<p id="reading" hidden></p>
`;

  constructor(shared) {
    this.shared = shared;
    this.wanted = false;
    this.sweeps = []; // steps of the spikes that triggered, the latest last
    this.held = null; // the last step on the screen while paused
    $('base').replaceChildren(...BASES.map((b) => new Option(time(b), b)));
    $('base').onchange = () => this.setBase(Number($('base').value));
    const beside = (d) => this.setBase(BASES[Math.min(BASES.length - 1, Math.max(0, BASES.indexOf(this.base) + d))]);
    $('faster').onclick = () => beside(-1);
    $('slower').onclick = () => beside(1);
    $('base').value = this.base;
    this.toggle('pause', (on) => this.pause(on));
    this.toggle('trigger', (on) => { this.sweeps = []; if (!on) this.press('persist', false); });
    this.toggle('persist', (on) => { if (on) this.press('trigger', true); });
    $('back').oninput = () => { this.wanted = true; };
    $('shot').onclick = () => this.picture();
    $('csv').onclick = () => download('hillock-scope.csv', csv(this.rows()));
    this.cursors = new Cursors(this);
    fit($('plot-v'), () => this.v);
    fit($('plot-i'), () => this.i);
    new ResizeObserver(() => { this.ask(); this.wanted = true; }).observe($('plot-v'));
  }

  toggle(id, then) {
    $(id).onclick = () => { this.press(id, !this.pressed(id)); then(this.pressed(id)); this.wanted = true; };
  }

  press(id, on) { $(id).setAttribute('aria-pressed', on); }
  pressed(id) { return $(id).getAttribute('aria-pressed') === 'true'; }

  pause(on) {
    this.press('pause', on);
    this.held = on ? this.shared.columns?.end ?? null : null;
    this.heldSweeps = [...this.sweeps];
    $('back').value = 0;
    $('back-label').hidden = !on;
    this.ask();
  }

  get dt() { return this.shared.hello.loop.dt_ms; }
  get base() { return this.shared.base; } // ms
  get span() { return this.base / this.dt; } // in steps

  setBase(ms) {
    this.shared.base = ms;
    $('base').value = ms;
    this.sweeps = [];
    this.ask();
    this.wanted = true;
  }

  perColumn() {
    const flood = this.shared.hello.loop.speed * 1000 / this.dt / MOST;
    return Math.max(1, Math.round(this.span / Math.max(200, $('plot-v').clientWidth - 60)), Math.ceil(flood));
  }

  // ask tells the server how fine the columns are to be, and has those before now again, or before what stands still.
  ask() {
    if (!this.shared.hello) return;
    const view = { type: 'view', per_column: Math.min(1e6, this.perColumn()), columns: Math.floor(PAST / this.shared.hello.neurons.length), end: 0 };
    const asked = view.per_column, held = this.held;
    if (asked === this.asked && (held !== null || this.askedEnd === 0)) return;
    if (held !== null) view.end = Math.ceil(held + this.span);
    this.asked = asked;
    this.askedEnd = view.end;
    this.shared.send(view);
  }

  hello() {
    const { neurons, loop, since, run } = this.shared.hello, which = `${since} ${run}`;
    if (which !== this.which) { // another run, which has no steps of the one that stood still
      this.which = which;
      if (this.held !== null) this.pause(false);
    }
    const shape = [neurons.length, loop.dt_ms, loop.speed].join();
    if (shape !== this.shape) {
      this.shape = shape;
      this.sweeps = [];
      this.restyle();
      this.ask();
    }
    this.wanted = true;
  }

  // restyle makes the plots anew: uPlot takes its colours when it is made.
  restyle() {
    this.v?.destroy();
    this.i?.destroy();
    this.legend();
    const cells = this.shared.hello.neurons.map((_, k) => k), unit = this.base < 1000 ? 'ms' : 's';
    this.unit = unit;
    const common = {
      legend: { show: false }, cursor: { show: false }, pxAlign: false,
      scales: { x: { time: false, range: () => this.range() }, y: { range: (_, lo, hi) => this.ends(lo, hi) } },
    };
    const series = (c) => [1, 2].map(() => ({ stroke: c, width: 2, points: { show: false } }));
    const band = (k, c) => ({ series: [2 * k + 1, 2 * k + 2], fill: c });
    const make = (id, axis, scales, fill, colors, hooks) => new uPlot({
      ...common, width: Math.max(50, $(id).clientWidth), height: Math.max(50, $(id).clientHeight), axes: axis, hooks,
      scales: { ...common.scales, ...scales }, series: [{}, ...cells.flatMap((k) => series(colors(k)))],
      bands: cells.map((k) => band(k, fill(k))),
    }, [[], ...cells.flatMap(() => [[], []])], $(id));
    const one = cells.length === 1;
    const v = axes(null, 'V (mV)'), i = axes(this.pressed('trigger') ? `from the spike (${unit})` : `neuron's time (${unit})`, 'I (nA)');
    v[0].values = (u, ticks) => ticks.map(() => '');
    v[0].size = 6;
    const vColor = one ? () => color('v') : cellColor, iColor = one ? () => color('i') : cellColor;
    this.v = make('plot-v', v, {}, vColor, vColor, { drawClear: [(u) => this.behind(u)], draw: [(u) => this.before(u)] });
    this.i = make('plot-i', i, { y: { range: () => this.currents() } }, iColor, iColor, {});
    this.triggered = this.pressed('trigger');
    this.wanted = true;
  }

  // legend says which of several neurons has which colour.
  legend() {
    const { neurons } = this.shared.hello;
    $('names').hidden = neurons.length < 2;
    $('names').replaceChildren(...neurons.map((n, k) => {
      const name = document.createElement('span');
      name.append(svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': true }, [svg('rect', { width: 16, height: 8, fill: cellColor(k) })]), n.name);
      return name;
    }));
  }

  range() {
    const k = this.base < 1000 ? 1 : 1000;
    return this.pressed('trigger') ? [-BEFORE * this.base / k, (1 - BEFORE) * this.base / k] : [-this.base / k, 0];
  }

  // ends keep still while the parameters do; what goes beyond them has room.
  ends(lo, hi) {
    const n = this.shared.hello.neurons;
    const least = Math.min(...n.map((p) => Math.min(p.reset.v, p.rest.v))), most = Math.max(...n.map((p) => Math.max(p.threshold.v, p.reset.v, p.rest.v)));
    const room = Math.max(1, (most - least) * 0.2);
    return [Math.min(lo ?? least, least) - room, Math.max(hi ?? most, most) + room];
  }

  currents() {
    const inputs = this.shared.hello.inputs;
    const all = [0, ...inputs.flatMap((p) => [p.low, p.high])];
    const least = Math.min(...all), most = Math.max(...all), room = (most - least || 1) * 0.06;
    return [least - room, most + room];
  }

  // window is what the screen shows: its first and last step, and the step at zero.
  window() {
    const { columns } = this.shared, span = this.span, shift = Number($('back').value) / 1000;
    let end = this.held ?? columns.end;
    if (this.held !== null) end -= shift * Math.max(0, end - columns.begin - span);
    if (!this.pressed('trigger')) return { from: end - span, to: end, zero: end };
    if (this.held === null || shift > 0 || !this.heldSweeps.length) this.find(end);
    else this.sweeps = this.heldSweeps;
    const spike = this.sweeps.at(-1) ?? end;
    return { from: spike - BEFORE * span, to: spike + (1 - BEFORE) * span, zero: spike };
  }

  // find adds the latest spike whose sweep is complete, when it does not lie in the sweep before.
  find(end) {
    const spikes = this.shared.columns.spikes[this.shared.cell], rest = (1 - BEFORE) * this.span;
    if (this.sweeps.at(-1) > end) this.sweeps = [];
    const last = this.sweeps.at(-1) ?? -Infinity;
    for (let k = spikes.length - 1; k >= 0 && spikes[k] > last; k--) {
      if (spikes[k] + rest > end) continue;
      if (spikes[k] < last + rest) break;
      this.sweeps.push(spikes[k]);
      break;
    }
    if (this.sweeps.length > SWEEPS) this.sweeps.shift();
  }

  // opened asks anew: the server may be another.
  opened() {
    this.asked = null;
    this.ask();
  }

  frame() { this.wanted = true; }

  draw() {
    if (!this.wanted) return;
    this.wanted = false;
    if (this.unit !== (this.base < 1000 ? 'ms' : 's') || this.triggered !== this.pressed('trigger')) this.restyle();
    this.wanted = false;
    this.shown = this.window();
    this.tell();
    const data = this.data(this.shown);
    const pick = (lo, hi) => [data.x, ...data.cells.flatMap((c) => [c[hi], c[lo]])];
    this.v.setData(pick(0, 1));
    this.i.setData(pick(2, 3));
    this.cursors.draw();
  }

  // tell says how far back what stands still is, and why the screen of a trigger does.
  tell() {
    if (this.held !== null) {
      const back = `${time(Math.max(0, this.held - this.shown.to) * this.dt)} back`;
      $('back-time').textContent = back;
      $('back').setAttribute('aria-valuetext', back);
    }
    const { columns, cell } = this.shared, last = columns.spikes[cell].at(-1), since = columns.end - (last ?? -Infinity);
    $('waiting').hidden = this.held !== null || !this.pressed('trigger') || since <= 2 * this.span;
    $('waiting').textContent = `waiting for a spike${last === undefined ? '' : `: the last one was ${time(since * this.dt)} ago`}`;
  }

  // data are the columns of a window, with gaps where steps were missed.
  data({ from, to, zero }) {
    const { columns } = this.shared, x = [], cells = Array.from({ length: columns.cells }, () => [[], [], [], [], []]);
    const scale = this.dt / (this.base < 1000 ? 1 : 1000), which = [VMIN, VMAX, IMIN, IMAX, VLAST];
    const last = Math.min(columns.count - 1, columns.at(to) + 1);
    for (let k = Math.max(0, columns.at(from) - 1); k <= last; k++) {
      const middle = (columns.start(k) + (columns.width(k) - 1) / 2 - zero) * scale;
      // A new width begins at a multiple of its own: what is between is not missing.
      if (x.length && columns.start(k) - columns.start(k - 1) > columns.width(k - 1) + 2 * columns.width(k)) {
        x.push((columns.start(k) - 0.5 - zero) * scale);
        cells.forEach((c) => c.forEach((list) => list.push(null)));
      }
      x.push(middle);
      cells.forEach((c, cell) => c.forEach((list, j) => {
        const value = columns.value(k, cell, which[j]);
        list.push(Number.isNaN(value) ? null : value);
      }));
    }
    return { x, cells };
  }

  // behind draws the spikes, and the sweeps before this one, under the trace.
  behind(u) {
    if (!this.shown) return;
    const { ctx, bbox } = u, { columns } = this.shared, ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const scale = this.dt / (this.base < 1000 ? 1 : 1000), { from, to, zero } = this.shown;
    for (let cell = 0; cell < columns.cells; cell++) {
      const spikes = columns.spikesIn(cell, from, to);
      ctx.strokeStyle = columns.cells === 1 ? color('v') : cellColor(cell);
      ctx.lineWidth = 2 * ratio;
      ctx.globalAlpha = Math.max(0.15, Math.min(0.6, bbox.width / ratio / 8 / (spikes.length || 1)));
      ctx.beginPath();
      for (const s of spikes) {
        const px = u.valToPos((s - zero) * scale, 'x', true);
        ctx.moveTo(px, bbox.top);
        ctx.lineTo(px, bbox.top + bbox.height);
      }
      ctx.stroke();
    }
    if (this.pressed('persist')) this.ghosts(u, scale);
    ctx.restore();
  }

  ghosts(u, scale) {
    const { ctx } = u, { columns, cell } = this.shared;
    this.sweeps.slice(0, -1).forEach((spike, k, all) => {
      ctx.globalAlpha = 0.12 + 0.4 * (k + 1) / all.length;
      ctx.strokeStyle = columns.cells === 1 ? color('v') : cellColor(cell);
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.beginPath();
      const last = columns.at(spike + (1 - BEFORE) * this.span);
      for (let j = columns.at(spike - BEFORE * this.span); j < Math.min(last, columns.count); j++) {
        const px = u.valToPos((columns.start(j) + (columns.width(j) - 1) / 2 - spike) * scale, 'x', true);
        const [low, high, last] = [VMIN, VMAX, VLAST].map((what) => columns.value(j, cell, what)), rises = last - low > high - last;
        for (const v of rises ? [low, high] : [high, low]) ctx.lineTo(px, u.valToPos(v, 'y', true));
      }
      ctx.stroke();
    });
  }

  // before draws the dashed lines of the chosen neuron. Where others are shown, their colours would be those of two of them.
  before(u) {
    const { ctx, bbox } = u, { neurons } = this.shared.hello, p = neurons[this.shared.cell], ratio = devicePixelRatio;
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * ratio;
    ctx.save();
    ctx.font = `600 ${size * 0.95}px system-ui, sans-serif`;
    ctx.lineWidth = 2 * ratio;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    for (const [{ symbol, v: value }, name] of [[p.threshold, 'vt'], [p.rest, 'el']]) {
      const text = `${symbol} ${number(value, 1)} mV`;
      const y = u.valToPos(value, 'y', true), above = name === 'vt';
      ctx.strokeStyle = color(neurons.length > 1 ? 'ink' : name);
      ctx.setLineDash([9 * ratio, 6 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      const width = ctx.measureText(text).width, top = above ? y - 1.35 * size : y + 0.25 * size;
      ctx.fillStyle = color('panel');
      ctx.globalAlpha = 0.85;
      ctx.fillRect(bbox.left + 4 * ratio, top, width + 8 * ratio, size * 1.15);
      ctx.globalAlpha = 1;
      ctx.fillStyle = ctx.strokeStyle;
      ctx.fillText(text, bbox.left + 8 * ratio, top + 0.95 * size);
    }
    ctx.restore();
  }

  // picture is both plots as they are, on the ground of the theme.
  picture() {
    const parts = [this.v, this.i].map((p) => p.ctx.canvas), all = document.createElement('canvas');
    all.width = parts[0].width;
    all.height = parts[0].height + parts[1].height;
    const ctx = all.getContext('2d');
    ctx.fillStyle = color('panel');
    ctx.fillRect(0, 0, all.width, all.height);
    ctx.drawImage(parts[0], 0, 0);
    ctx.drawImage(parts[1], 0, parts[0].height);
    all.toBlob((blob) => download('hillock-scope.png', blob));
  }

  // rows are the columns on the screen, as the server sent them.
  rows() {
    const { columns, hello } = this.shared, { from, to } = this.window(), what = ['v_min_mV', 'v_max_mV', 'v_last_mV', 'i_min_nA', 'i_max_nA'];
    const rows = [['first_step', 'steps', 'end_ms', ...hello.neurons.flatMap((n) => [...what, 'spikes'].map((w) => `${n.name}_${w}`))]];
    for (let k = columns.at(from); k < columns.count && columns.start(k) <= to; k++) {
      const end = columns.start(k) + columns.width(k) - 1;
      rows.push([columns.start(k), columns.width(k), Number((end * this.dt).toFixed(6)), ...hello.neurons.flatMap((_, c) => [
        ...what.map((_, j) => columns.value(k, c, j)), columns.spikesIn(c, columns.start(k), end).length])]);
    }
    return rows;
  }
}
