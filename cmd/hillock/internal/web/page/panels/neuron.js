// The neuron: its parameters as sliders, and the equation with the numbers of now in it.
import { $, number } from '../show.js';

const html = `
<p id="equation" class="equation"></p>
<div id="sliders"></div>
<div class="tools">
  <button id="reset">As in the file</button>
  <a id="toml" class="button" href="config.toml" download="hillock.toml">TOML</a>
</div>
`;

// The parameters: symbol, unit, decimals, and whether the slider is logarithmic.
const KEYS = {
  tau_m: ['τ<sub>m</sub>', 'membrane time constant', 'ms', 1, true],
  v_t: ['V<sub>T</sub>', 'threshold', 'mV', 1, false],
  v_reset: ['V<sub>reset</sub>', 'reset', 'mV', 1, false],
  r_m: ['R<sub>m</sub>', 'membrane resistance', 'MΩ', 1, true],
  t_ref: ['t<sub>ref</sub>', 'refractory time', 'ms', 1, false],
  speed: ['speed', 'speed against life', '×', 3, true],
};
const STEPS = 1000;
const MINE = 700; // ms for which a value of this page's stands before that of the server is shown again

export default class Neuron {
  static place = 'left';
  static id = 'neuron';
  static title = 'The neuron';

  constructor(shared, element) {
    this.shared = shared;
    element.insertAdjacentHTML('beforeend', html);
    this.rows = {};
    $('reset').onclick = () => shared.send({ type: 'reset' });
  }

  hello() {
    const { ranges, may_change: may } = this.shared.hello;
    for (const key of Object.keys(KEYS)) {
      if (!ranges[key]) continue;
      const row = this.rows[key] ?? this.make(key);
      row.input.disabled = !may;
    }
    $('reset').disabled = !may;
    this.status();
  }

  make(key) {
    const [symbol, name, unit] = KEYS[key], label = document.createElement('label'), sign = document.createElement('span');
    const input = document.createElement('input'), output = document.createElement('output');
    label.className = 'slider';
    label.title = name;
    sign.innerHTML = symbol; // of this file, never of the server
    Object.assign(input, { type: 'range', min: 0, max: STEPS, step: 1, id: `slider-${key}` });
    input.setAttribute('aria-label', `${name}, ${unit}`);
    input.oninput = () => this.turned(key);
    label.append(sign, input, output);
    $('sliders').append(label);
    return (this.rows[key] = { input, output, mine: -Infinity });
  }

  // value is that of a place of the slider, to the decimals shown; place is its inverse.
  value(key, place) {
    const [lo, hi] = this.shared.hello.ranges[key], [, , , digits, log] = KEYS[key], x = place / STEPS;
    const raw = log ? lo * (hi / lo) ** x : lo + (hi - lo) * x;
    return Math.min(hi, Math.max(lo, log ? Number(raw.toPrecision(3)) : Number(raw.toFixed(digits))));
  }

  place(key, value) {
    const [lo, hi] = this.shared.hello.ranges[key];
    return Math.round(STEPS * (KEYS[key][4] ? Math.log(value / lo) / Math.log(hi / lo) : (value - lo) / (hi - lo)));
  }

  turned(key) {
    const value = this.value(key, Number(this.rows[key].input.value));
    this.text(key, value);
    this.rows[key].mine = performance.now();
    if (key === 'speed') this.shared.send({ type: 'set', key, value });
    else this.shared.send({ type: 'set', neuron: this.shared.hello.neurons[this.shared.cell].name, key, value });
  }

  // follow shows the server's values. Several places stand for the same one: a slider that has it stays in its place, or the
  // keys would not get it away from there.
  follow() {
    const { neurons, loop } = this.shared.hello, p = neurons[this.shared.cell];
    for (const [key, row] of Object.entries(this.rows)) {
      const value = key === 'speed' ? loop.speed : p[key];
      if (!row.output.textContent) this.show(key, value);
      if (performance.now() - row.mine > MINE && this.value(key, row.input.value) !== value) this.show(key, value);
    }
  }

  show(key, value) {
    this.rows[key].input.value = this.place(key, value);
    this.text(key, value);
  }

  text(key, value) {
    const [, , unit, digits] = KEYS[key], text = `${key === 'speed' ? Number(value.toPrecision(3)) : number(value, digits)} ${unit}`;
    this.rows[key].output.textContent = text;
    this.rows[key].input.setAttribute('aria-valuetext', text);
  }

  // status puts the numbers of now into the equation.
  status() {
    const { hello, status, cell } = this.shared;
    this.follow();
    if (!status || !this.lines) this.lay();
    const p = hello.neurons[cell], now = status?.neurons[cell];
    if (!now) return;
    const slope = p.e_l - now.v + p.r_m * now.i, brackets = (x, d) => (x < 0 ? `(${number(x, d)})` : number(x, d));
    this.lines[0].textContent = `${number(p.tau_m, 1)} ms · dV/dt = ${number(p.e_l, 1)} − ${brackets(now.v, 1)} + ${number(p.r_m, 1)} · ${brackets(now.i, 2)} mV`;
    const held = p.t_ref > 0 && now.v === p.v_reset;
    this.lines[1].textContent = held ? `V is held at V_reset for t_ref, ${number(p.t_ref, 1)} ms` : `dV/dt = ${number(slope / p.tau_m, 2)} mV/ms`;
    const goal = p.e_l + p.r_m * now.i;
    this.lines[2].textContent = `toward ${number(goal, 1)} mV; fires above ${number(p.rheobase, 2)} nA`;
  }

  lay() {
    const general = document.createElement('span');
    general.innerHTML = '<i>τ</i><sub>m</sub> d<i>V</i>/d<i>t</i> = <i>E</i><sub>L</sub> − <i>V</i> + <i>R</i><sub>m</sub> <i>I</i>';
    this.lines = [0, 1, 2].map(() => document.createElement('span'));
    $('equation').replaceChildren(general, ...this.lines);
  }
}
