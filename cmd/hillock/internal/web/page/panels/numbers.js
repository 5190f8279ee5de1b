// The numbers of the chosen neuron, over the scope.
import { $, number } from '../show.js';

export default class Numbers {
  static place = 'numbers';
  static html = `
<div class="big"><dt>rate</dt><dd id="rate">–</dd></div>
<div><dt>equation says</dt><dd id="predicted">–</dd></div>
<div><dt>V</dt><dd id="v">–</dd></div>
<div><dt>I</dt><dd id="i">–</dd></div>
<div><dt>between spikes</dt><dd id="isi">–</dd></div>
<div><dt>in real time</dt><dd id="wall">–</dd></div>
`;

  constructor(shared) { this.shared = shared; }

  status() {
    const n = this.shared.status.neurons[this.shared.cell], predicted = n.predicted !== null;
    $('rate').textContent = `${number(n.rate, 1)} Hz`;
    $('predicted').textContent = predicted ? `${number(n.predicted, 1)} Hz` : `no prediction: ${n.no_prediction}`;
    $('predicted').classList.toggle('reason', !predicted);
    $('v').textContent = `${number(n.v, 1)} mV`;
    $('i').textContent = `${number(n.i, 2)} nA`;
    $('isi').textContent = n.isi_ms > 0 ? `${number(n.isi_ms, 1)} ms` : '–';
    $('wall').textContent = `${number(n.real_time_hz, 1)} a second`;
  }
}
