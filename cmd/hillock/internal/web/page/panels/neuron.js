// The neuron: its parameters as sliders, and the equation with its present numbers.
import { $, number } from '../show.js';

// The equation in numbers, by model.
const WORKED = {
  lif({ params: p, rheobase, reset }, now) {
    const slope = p.e_l - now.v + p.r_m * now.i, goal = p.e_l + p.r_m * now.i, brackets = (x, d) => (x < 0 ? `(${number(x, d)})` : number(x, d));
    const held = p.t_ref > 0 && now.v === reset.v;
    return [
      `${number(p.tau_m, 1)} ms · dV/dt = ${number(p.e_l, 1)} − ${brackets(now.v, 1)} + ${number(p.r_m, 1)} · ${brackets(now.i, 2)} mV`,
      held ? `V is held at V_reset for t_ref, ${number(p.t_ref, 1)} ms` : `dV/dt = ${number(slope / p.tau_m, 2)} mV/ms`,
      `toward ${number(goal, 1)} mV; fires above ${number(rheobase, 2)} nA`,
    ];
  },
};
const GREEK = { tau: 'τ', sigma: 'σ' };
const STEPS = 1000;
const MINE = 700; // ms during which a slider moved on this page keeps its own value

export default class Neuron {
  static place = 'left';
  static id = 'neuron';
  static title = 'The neuron';
  static html = `
<p id="equation" class="equation"></p>
<div id="sliders"></div>
<div class="tools">
  <button id="reset" title="Set the parameters as the configuration has them">As in the file</button>
  <a id="toml" title="Save the configuration with these parameters" class="button" href="config.toml" download="hillock.toml">TOML</a>
</div>
`;

  constructor(shared) {
    this.shared = shared;
    this.rows = {};
    $('reset').onclick = () => shared.send({ type: 'reset' });
  }

  hello() {
    const { neurons, sliders, may_change: may } = this.shared.hello, all = [...neurons[this.shared.cell].sliders, ...sliders];
    if (JSON.stringify(all) !== JSON.stringify(Object.values(this.rows).map((row) => row.slider))) {
      this.rows = {};
      $('sliders').replaceChildren(...all.map((slider) => this.make(slider)));
    }
    for (const row of Object.values(this.rows)) row.input.disabled = !may;
    $('reset').disabled = !may;
    this.status();
  }

  make(slider) {
    const { key, symbol, name } = slider, unit = plain(slider.unit), label = document.createElement('label'), sign = document.createElement('span');
    const input = document.createElement('input'), output = document.createElement('output');
    label.className = 'slider';
    label.title = name;
    sign.append(...signs(symbol, false));
    Object.assign(input, { type: 'range', min: 0, max: STEPS, step: 1, id: `slider-${key}` });
    input.setAttribute('aria-label', unit ? `${name}, ${unit}` : name);
    input.oninput = () => this.turned(key);
    label.append(sign, input, output);
    this.rows[key] = { slider, input, output, mine: -Infinity };
    return label;
  }

  // value returns the value at a place of the slider, with the shown decimals. place is the inverse.
  value(key, place) {
    const { low: lo, high: hi, decimals, logarithmic: log } = this.rows[key].slider, x = place / STEPS;
    const raw = log ? lo * (hi / lo) ** x : lo + (hi - lo) * x;
    return Math.min(hi, Math.max(lo, log ? Number(raw.toPrecision(3)) : Number(raw.toFixed(decimals))));
  }

  place(key, value) {
    const { low: lo, high: hi, logarithmic: log } = this.rows[key].slider;
    return Math.round(STEPS * (log ? Math.log(value / lo) / Math.log(hi / lo) : (value - lo) / (hi - lo)));
  }

  turned(key) {
    const value = this.value(key, Number(this.rows[key].input.value));
    this.text(key, value);
    this.rows[key].mine = performance.now();
    if (key === 'speed') this.shared.send({ type: 'set', key, value });
    else this.shared.send({ type: 'set', neuron: this.shared.hello.neurons[this.shared.cell].name, key, value });
  }

  // follow shows the server's values. Several places of a slider have the same value: a slider with the right value keeps its
  // place, because a key could not move it otherwise.
  follow() {
    const { neurons, loop } = this.shared.hello, p = neurons[this.shared.cell];
    for (const [key, row] of Object.entries(this.rows)) {
      const value = key === 'speed' ? loop.speed : p.params[key];
      if (!row.output.textContent) this.show(key, value);
      if (performance.now() - row.mine > MINE && this.value(key, row.input.value) !== value) this.show(key, value);
    }
  }

  show(key, value) {
    this.rows[key].input.value = this.place(key, value);
    this.text(key, value);
  }

  text(key, value) {
    const { unit, decimals } = this.rows[key].slider, text = `${key === 'speed' ? Number(value.toPrecision(3)) : number(value, decimals)} ${plain(unit)}`.trim();
    this.rows[key].output.textContent = text;
    this.rows[key].input.setAttribute('aria-valuetext', text);
  }

  // status puts the present numbers into the equation.
  status() {
    const { hello, shown, cell } = this.shared;
    this.follow();
    const n = hello.neurons[cell], now = shown?.neurons[cell];
    if (!shown || this.equation !== n.equation) this.lay(n.equation);
    if (!now) return;
    const worked = WORKED[n.model]?.(n, now) ?? [];
    this.lines.forEach((line, k) => { line.textContent = worked[k] ?? ''; });
  }

  lay(equation) {
    const general = document.createElement('span');
    general.append(...signs(equation, true));
    this.lines = [0, 1, 2].map(() => document.createElement('span'));
    this.equation = equation;
    $('equation').replaceChildren(general, ...this.lines);
  }
}

// plain returns a unit for the page.
const plain = (unit) => unit.replace('Ohm', 'Ω');

// signs returns the nodes of a text with symbols and their indices after _. Symbols of an equation are in italics.
function signs(text, italic) {
  const nodes = [], put = (name, content) => {
    const node = document.createElement(name);
    node.textContent = content;
    nodes.push(node);
  };
  for (const [all, d, symbol, index] of text.matchAll(/(d(?=[A-Za-z]\b))?([A-Za-z]+)(?:_([A-Za-z]+))?|[^A-Za-z]+/g)) {
    if (!symbol) nodes.push(all.replace('-', '−'));
    if (d) nodes.push(d);
    if (symbol && italic) put('i', GREEK[symbol] ?? symbol);
    else if (symbol) nodes.push(GREEK[symbol] ?? symbol);
    if (index) put('sub', index);
  }
  return nodes;
}
