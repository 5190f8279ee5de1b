// How much of the neuron's time was skipped, beside the other numbers.
import { $, number } from '../show.js';

export default class Skipped {
  static place = 'numbers';
  static html = '<div><dt>skipped</dt><dd id="skipped">–</dd></div>';

  constructor(shared) { this.shared = shared; }

  status() { $('skipped').textContent = `${number(this.shared.status.skipped_ms, 0)} ms`; }
}
