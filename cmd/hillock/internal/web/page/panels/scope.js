// The scope: V with its threshold and rest, a stroke at each spike, and I beneath.
import { VMIN, VMAX, IMIN, IMAX, SMIN, SMAX, WMIN, WMAX } from '../columns.js';
import { $, cellColor, color, csv, download, fit, remember, remembered, single, time } from '../show.js';
import { Cursors } from '../cursors.js';
import { parameters, picture, readings } from '../export.js';
import { svg } from '../svg.js';
import { BEFORE, lane, traces } from '../traces.js';

const BASES = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]; // ms of model time
const SWEEPS = 8; // sweeps of persistence
const MOST = 20000; // columns per second to request
const MANY = 3; // neurons: from here on each begins in a lane of its own
const NAMED = 24; // neurons with their colour in the legend at most
const PAST = 8192; // columns of the past to request: a dozen screens

export default class Scope {
  static place = 'right';
  static id = 'scope';
  static title = 'The scope';
  static html = `
<dl id="numbers"></dl>
<div class="tools">
  <div class="bases" role="group" aria-label="Time base, of model time">
    <button id="faster" aria-label="Shorter time base">−</button>
    <select id="base" aria-label="Time base, of model time"></select>
    <button id="slower" aria-label="Longer time base">+</button>
  </div>
  <button id="pause" aria-pressed="false">Pause</button>
  <button id="trigger" aria-pressed="false">Trigger</button>
  <button id="persist" title="Keep the latest sweeps on the screen, with the trigger" aria-pressed="false">Persistence</button>
  <button id="cursors" aria-pressed="false">Cursors</button>
  <button id="forget" title="Begin the interspike intervals and their CV anew">Clear</button>
  <button id="shot" title="Save the traces as a picture (PNG)">Picture</button>
  <button id="csv" title="Save the traces as a table (CSV)">CSV</button>
  <button id="full" title="Key f">Full screen</button>
</div>
<label id="back-label" class="away">back <input id="back" type="range" min="0" max="1000" step="any" value="0"><output id="back-time"></output></label>
<div id="named" class="tools" hidden><button id="lanes" title="Draw each neuron in a lane of its own" aria-pressed="false" hidden>Lanes</button><p id="names" class="legend"></p></div>
<div id="plots">
  <div id="plot-v" class="plot" role="img" aria-label="Membrane potential against time"></div>
  <div id="plot-i" class="plot" role="img" aria-label="Current against time"></div>
  <div id="cursor-a" class="cursor" role="slider" tabindex="0" aria-label="Cursor A" aria-valuemin="0" aria-valuemax="100" hidden>A</div>
  <div id="cursor-b" class="cursor" role="slider" tabindex="0" aria-label="Cursor B" aria-valuemin="0" aria-valuemax="100" hidden>B</div>
  <p id="waiting" hidden></p>
</div>
<p id="reading" class="away">&nbsp;</p>
`;

  constructor(shared) {
    this.shared = shared;
    this.wanted = false;
    this.sweeps = []; // steps of the triggering spikes, the latest last
    this.held = null; // the last step on the screen while paused
    this.places = [$('plot-v'), $('plot-i')];
    this.pressed = (id) => $(id).getAttribute('aria-pressed') === 'true';
    const base = Number(remembered('base'));
    if (BASES.includes(base)) shared.base = base;
    $('base').replaceChildren(...BASES.map((b) => new Option(time(b), b)));
    $('base').onchange = () => this.setBase(Number($('base').value));
    const beside = (d) => this.setBase(BASES[Math.min(BASES.length - 1, Math.max(0, BASES.indexOf(this.base) + d))]);
    $('faster').onclick = () => beside(-1);
    $('slower').onclick = () => beside(1);
    $('base').value = this.base;
    this.toggle('pause', (on) => this.pause(on));
    this.toggle('trigger', (on) => { this.sweeps = []; if (!on) this.press('persist', false); });
    this.toggle('persist', (on) => { if (on) this.press('trigger', true); });
    this.toggle('lanes', () => { this.remake(); });
    $('back').oninput = () => { this.wanted = true; };
    $('forget').onclick = () => shared.columns?.forget();
    $('full').hidden = !document.fullscreenEnabled;
    $('full').onclick = () => (document.fullscreenElement ? document.exitFullscreen() : $('scope').requestFullscreen());
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

  pause(on) {
    this.press('pause', on);
    this.held = on ? this.shared.columns?.end ?? null : null;
    this.heldSweeps = [...this.sweeps];
    this.shared.paused = on;
    if (!on) this.asked = null; // the columns since the pause are missing
    $('back').value = 0;
    $('back-label').classList.toggle('away', !on);
    this.ask();
  }

  // inner are the inner currents of the chosen neuron: their name, their dashes, and their lists in data.
  get inner() {
    const { synaptic, adapts } = this.shared.hello.neurons[this.shared.cell];
    return [synaptic && ['synaptic current', [7, 4], 4], adapts && ['w', [2, 3], 6]].filter(Boolean);
  }
  get dt() { return this.shared.hello.loop.dt_ms; }
  get base() { return this.shared.base; } // ms
  get span() { return this.base / this.dt; } // in steps
  get scale() { return this.dt / (this.unit === 'ms' ? 1 : 1000); } // of a step, in the unit of the time axis

  setBase(ms) {
    this.shared.base = ms;
    remember('base', ms);
    $('base').value = ms;
    this.sweeps = [];
    this.ask();
    this.wanted = true;
  }

  perColumn() {
    const flood = this.shared.hello.loop.speed * 1000 / this.dt / MOST;
    return Math.max(1, Math.round(this.span / Math.max(200, $('plot-v').clientWidth - 60)), Math.ceil(flood));
  }

  // keep keeps the columns of a pause, and returns their end; 0 without a pause.
  keep() {
    const end = this.held === null ? 0 : Math.ceil(this.held + this.span);
    this.shared.columns.until = end || Infinity;
    return end;
  }

  // ask requests columns of a width, and with them the past columns: up to now, or up to the end of a paused screen.
  ask() {
    if (!this.shared.hello) return;
    const view = { type: 'view', per_column: Math.min(1e6, this.perColumn()), columns: Math.floor(PAST / this.shared.hello.neurons.length), end: this.keep() };
    const asked = view.per_column, held = this.held;
    if (asked === this.asked && (held !== null || this.askedEnd === 0)) return;
    this.asked = asked;
    this.askedEnd = view.end;
    this.shared.send(view);
  }

  hello() {
    const { neurons, loop, since, run } = this.shared.hello, which = `${since} ${run}`;
    if (which !== this.which) { // another run has no steps of the one in pause
      this.which = which;
      if (this.held !== null) this.pause(false);
    }
    const shape = [neurons.map((n) => [n.name, n.synaptic, n.adapts]), loop.dt_ms, loop.speed, this.shared.cell].join();
    if (neurons.length !== this.neurons) {
      this.neurons = neurons.length;
      $('lanes').hidden = neurons.length < 2;
      this.press('lanes', neurons.length >= MANY);
    }
    if (shape !== this.shape) {
      this.shape = shape;
      this.sweeps = [];
      this.remake();
      this.ask();
    }
    this.keep();
    this.wanted = true;
  }

  restyle() {
    this.remake();
    this.draw(); // at once: the next picture may be on paper
  }

  // remake makes the plots anew: uPlot takes its colours when it is made.
  remake() {
    this.v?.destroy();
    this.i?.destroy();
    this.legend();
    this.unit = this.base < 1000 ? 'ms' : 's';
    [this.v, this.i] = traces(this, this.places);
    this.triggered = this.pressed('trigger');
    this.wanted = true;
  }

  // legend names the colours of several neurons.
  legend() {
    const { neurons } = this.shared.hello;
    $('names').replaceChildren(...(neurons.length < 2 || neurons.length > NAMED ? [] : neurons).map((n, k) => {
      const name = document.createElement('span');
      name.append(svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': true }, [svg('rect', { width: 16, height: 8, fill: cellColor(k) })]), first(n));
      return name;
    }));
    for (const [what, dash] of this.inner) {
      const name = document.createElement('span');
      name.append(svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': true }, [svg('path', { d: 'M0 4 H16', stroke: 'currentColor', 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') })]), `${what} of ${first(neurons[this.shared.cell])}`);
      $('names').append(name);
    }
    $('named').hidden = neurons.length < 2 && !this.inner.length;
  }

  // window is the first and the last step on the screen, and the step at zero.
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

  // find adds the latest spike with a complete sweep, unless it lies in the sweep before.
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

  // opened requests the columns again: the server may be another.
  opened() {
    this.asked = null;
    this.ask();
  }

  frame() { this.wanted = true; }

  draw() {
    if (!this.wanted) return;
    this.wanted = false;
    if (this.unit !== (this.base < 1000 ? 'ms' : 's') || this.triggered !== this.pressed('trigger')) this.remake();
    this.wanted = false;
    this.shown = this.window();
    this.tell();
    this.fill([this.v, this.i]);
    this.cursors.draw();
  }

  fill([v, i]) {
    const data = this.data(this.shown), { neurons } = this.shared.hello, own = data.cells[this.shared.cell];
    const inLane = (list, c) => (this.pressed('lanes') ? list.map((x) => x === null ? null : lane(neurons, c, x)) : list);
    v.setData([data.x, ...data.cells.flatMap((c, k) => [inLane(c[1], k), inLane(c[0], k)])]);
    i.setData([data.x, ...data.cells.flatMap((c) => [c[3], c[2]]), ...this.inner.flatMap(([, , k]) => [own[k + 1], own[k]])]);
  }

  // tell shows the time between a paused screen and its end, and the time since the last spike while the trigger waits.
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

  // data are the columns of a window, with gaps for missed steps.
  data({ from, to, zero }) {
    const { columns } = this.shared, x = [], cells = Array.from({ length: columns.cells }, () => [[], [], [], [], [], [], [], []]);
    const { scale } = this, which = [VMIN, VMAX, IMIN, IMAX, SMIN, SMAX, WMIN, WMAX];
    const last = Math.min(columns.count - 1, columns.at(to) + 1);
    for (let k = Math.max(0, columns.at(from) - 1); k <= last; k++) {
      const middle = (columns.start(k) + (columns.width(k) - 1) / 2 - zero) * scale;
      // A new width begins at a multiple of itself: the steps between are not missing.
      if (x.length && columns.start(k) - columns.start(k - 1) > columns.width(k - 1) + 2 * columns.width(k)) {
        x.push((columns.start(k) - 0.5 - zero) * scale);
        cells.forEach((c) => c.forEach((list) => list.push(null)));
      }
      x.push(middle);
      cells.forEach((c, cell) => c.forEach((list, j) => {
        const value = j < 4 || columns.inner(cell) ? columns.value(k, cell, which[j]) : NaN;
        list.push(Number.isNaN(value) ? null : value);
      }));
    }
    return { x, cells };
  }

  // picture downloads the traces with their legend, the readings and the parameters.
  picture() {
    const { hello, cell } = this.shared, { neurons, loop, where } = hello, p = neurons[cell], one = neurons.length === 1;
    const levels = [{ name: p.threshold.symbol, color: color(one ? 'vt' : 'ink'), dash: true }, { name: p.rest.symbol, color: color(one ? 'el' : 'ink'), dash: true }];
    const legend = one ? [{ name: 'V', color: color('v') }, ...levels, { name: 'I', color: color('i') }] : neurons.map((n, k) => ({ name: first(n), color: cellColor(k) }));
    for (const [name] of this.inner) legend.push({ name, color: color('ink'), dash: true });
    picture('hillock-scope.png', {
      title: `hillock on ${where}, ${new Date().toLocaleString()}`, legend, lines: [readings(), parameters(p, loop)],
      plots: (k) => {
        const plots = traces(this, [0, 1].map(() => document.createElement('div')), k);
        this.fill(plots);
        return plots;
      },
    });
  }

  // rows are the columns on the screen. Their values are 32-bit floats, as the server sent them.
  rows() {
    const { columns, hello } = this.shared, { from, to } = this.window(), outer = ['v_min_mV', 'v_max_mV', 'v_last_mV', 'i_min_nA', 'i_max_nA'];
    const what = hello.neurons.map((n) => (n.synaptic || n.adapts ? [...outer, 'synaptic_min_nA', 'synaptic_max_nA', 'w_min_nA', 'w_max_nA'] : outer));
    const rows = [['first_step', 'steps', 'end_ms', ...hello.neurons.flatMap((n, c) => [...what[c], 'spikes'].map((w) => `${first(n)}_${w}`))]];
    for (let k = columns.at(from); k < columns.count && columns.start(k) <= to; k++) {
      const end = columns.start(k) + columns.width(k) - 1;
      rows.push([columns.start(k), columns.width(k), Number((end * this.dt).toFixed(6)), ...hello.neurons.flatMap((_, c) => [
        ...what[c].map((_, j) => single(columns.value(k, c, j))), columns.spikesIn(c, columns.start(k), end).length])]);
    }
    return rows;
  }
}

// first is the name of a neuron, or of the first one of a population: the traces are its own.
const first = (n) => (n.count > 1 ? `${n.name}.1` : n.name);
