// The readings of the chosen neuron, over the scope.
import { $, number } from '../show.js';

const MEAN = 8; // intervals: the server's rate is the mean over as many at most
const SAME = 0.005; // of the range: a smaller change of the current is none

export default class Numbers {
  static place = 'numbers';
  static html = `
<div class="big"><dt id="rate-of">rate</dt><dd id="rate">–</dd></div>
<div class="reasoned"><dt>prediction</dt><dd id="predicted">–</dd></div>
<div><dt>V</dt><dd id="v">–</dd></div>
<div><dt>I</dt><dd id="i">–</dd></div>
<div hidden><dt>synaptic</dt><dd id="synaptic">–</dd></div>
<div hidden><dt>w</dt><dd id="w">–</dd></div>
<div class="wide"><dt>interspike interval</dt><dd id="isi">–</dd></div>
<div class="small"><dt>CV</dt><dd id="cv">–</dd></div>
<div><dt>real time</dt><dd id="real">–</dd></div>
`;

  constructor(shared) { this.shared = shared; }

  hello() { if (this.shared.shown) this.status(); }

  status() {
    const { shown, cell, columns, hello, paused } = this.shared, n = shown.neurons[cell], predicted = n.predicted !== null;
    const settled = paused || !predicted || this.settled(n);
    $('rate').classList.toggle('unsettled', !settled);
    const { count } = hello.neurons[cell];
    $('rate-of').textContent = count > 1 ? `mean rate of ${count}` : 'rate';
    $('rate').title = count > 1 ? `from ${number(n.slowest, 1)} to ${number(n.fastest, 1)} Hz` : settled ? '' : 'not yet measured at this current';
    $('rate').textContent = `${number(n.rate, 1)} Hz`;
    $('predicted').textContent = predicted ? `${number(n.predicted, 1)} Hz` : `no prediction: ${n.no_prediction}`;
    $('predicted').classList.toggle('reason', !predicted);
    $('v').textContent = `${number(n.v, Math.abs(n.v) < 99.95 ? 1 : 0)} mV`; // room for −99.9 mV
    $('i').textContent = `${number(n.i, 2)} nA`;
    for (const name of ['synaptic', 'w']) {
      $(name).parentElement.hidden = n[name] === null;
      $(name).textContent = `${number(n[name], 2)} nA`;
    }
    $('real').textContent = `${number(n.real_time_hz, 1)}/s`;
    if (paused && this.cell === cell) return;
    this.cell = cell;
    const { dt_ms: dt } = hello.loop, is = columns.measured(cell, n.intervals, dt);
    const latest = is === n.intervals ? n.isi_ms : dt * (columns.intervals(cell, is.since).at(-1) ?? 0);
    $('isi').textContent = is.n > 0 ? `${number(latest, 1)} ms` : '–';
    $('cv').textContent = is.n > 1 ? number(is.cv, 3) : '–';
  }

  // settled reports whether the rate is measured at the present current: by the intervals since its change, or by a silence.
  settled(n) {
    const { shown, cell, columns, hello } = this.shared, { curve, memory_ms: memory, refractory_ms: refractory } = hello.neurons[cell];
    if (!(Math.abs(n.i - this.current) < SAME * (curve.at(-1).i - curve[0].i))) {
      this.changed = this.current === undefined ? 0 : shown.steps;
      this.current = n.i;
    }
    const since = Math.max(n.intervals.since, this.changed);
    if (n.rate === 0) return (shown.steps - since) * hello.loop.dt_ms > 8 * memory + refractory;
    return columns.intervals(cell, since).length >= MEAN || (n.intervals.since >= this.changed && n.intervals.n >= MEAN);
  }
}
