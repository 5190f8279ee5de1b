// The neuron: its parameters as sliders, and the equation with its present numbers.
import { $, number } from '../show.js';
import { Sliders, signs } from '../sliders.js';

// The equation in numbers, by model.
const WORKED = {
  lif({ params: p, rheobase, reset }, now) {
    const i = now.i + (now.synaptic ?? 0) - (now.w ?? 0), slope = p.e_l - now.v + p.r_m * i, goal = p.e_l + p.r_m * i, brackets = (x, d) => (x < 0 ? `(${number(x, d)})` : number(x, d));
    const held = p.t_ref > 0 && now.v === reset.v;
    return [
      `${number(p.tau_m, 1)} ms · dV/dt = ${number(p.e_l, 1)} − ${brackets(now.v, 1)} + ${number(p.r_m, 1)} · ${brackets(i, 2)} mV`,
      held ? `V is held at V_reset for t_ref, ${number(p.t_ref, 1)} ms` : `dV/dt = ${number(slope / p.tau_m, 2)} mV/ms`,
      `toward ${number(goal, 1)} mV${rheobase === null ? '' : `; fires above ${number(rheobase, 2)} nA`}`,
    ];
  },
};

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
    this.sliders = new Sliders($('sliders'), 'slider-', (key, value) => shared.send(key === 'speed' ? { type: 'set', key, value } : { type: 'set', neuron: this.neuron.name, key, value }));
    $('reset').onclick = () => shared.send({ type: 'reset' });
  }

  get neuron() { return this.shared.hello.neurons[this.shared.cell]; }

  hello() {
    const { sliders, may_change: may } = this.shared.hello;
    this.sliders.show([...this.neuron.sliders, ...sliders], this.values(), may);
    const { adapts, name } = this.neuron, { adaptation } = this.sliders.groups, shape = `${name} ${adapts}`;
    if (adaptation && shape !== this.shape) adaptation.open = adapts;
    this.shape = shape;
    $('reset').disabled = !may;
    this.status();
  }

  values() { return { ...this.neuron.params, speed: this.shared.hello.loop.speed }; }

  // status puts the present numbers into the equation.
  status() {
    const { hello, shown, cell } = this.shared;
    this.sliders.follow(this.values());
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
