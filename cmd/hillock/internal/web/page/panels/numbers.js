// The readings of the chosen neuron, over the scope.
import { $, number } from '../show.js';

export default class Numbers {
  static place = 'numbers';
  static html = `
<div class="big"><dt>rate</dt><dd id="rate">–</dd></div>
<div class="reasoned"><dt>prediction</dt><dd id="predicted">–</dd></div>
<div><dt>V</dt><dd id="v">–</dd></div>
<div><dt>I</dt><dd id="i">–</dd></div>
<div class="wide"><dt>interspike interval</dt><dd id="isi">–</dd></div>
<div class="small"><dt>CV</dt><dd id="cv">–</dd></div>
<div><dt>in real time</dt><dd id="real">–</dd></div>
`;

  constructor(shared) { this.shared = shared; }

  hello() { if (this.shared.shown) this.status(); }

  status() {
    const { shown, cell, columns, hello, paused } = this.shared, n = shown.neurons[cell], predicted = n.predicted !== null;
    $('rate').textContent = `${number(n.rate, 1)} Hz`;
    $('predicted').textContent = predicted ? `${number(n.predicted, 1)} Hz` : `no prediction: ${n.no_prediction}`;
    $('predicted').classList.toggle('reason', !predicted);
    $('v').textContent = `${number(n.v, 1)} mV`;
    $('i').textContent = `${number(n.i, 2)} nA`;
    $('real').textContent = `${number(n.real_time_hz, 1)} Hz`;
    if (paused && this.cell === cell) return;
    this.cell = cell;
    const { dt_ms: dt } = hello.loop, is = columns.measured(cell, n.intervals, dt);
    const latest = is === n.intervals ? n.isi_ms : dt * (columns.intervals(cell, is.since).at(-1) ?? 0);
    $('isi').textContent = is.n > 0 ? `${number(latest, 1)} ms` : '–';
    $('cv').textContent = is.n > 1 ? number(is.cv, 3) : '–';
  }
}
