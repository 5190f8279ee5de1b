// The measured points of firing rate against current: one for each time between two spikes.
//
// While the knob turns the current changes between two spikes, and the mean would lie beside the curve: the membrane
// forgets, so the latest current counts most. The point takes the current as the membrane weighs it, which is the
// constant one that charges it as far in as many steps: sum a^(n-k) I_k / sum a^(n-k), with a = 1 - dt/tau_m, from
// V_k = a V_(k-1) + (1-a) (E_L + R_m I_k). The potential has no part in it, so a neuron that fired elsewhere would show.
import { IMIN, IMAX } from './columns.js';

const MOST = 3000; // points
const GRAIN = 250; // a point is kept once in each such part of the current's range
const SILENCE = 8; // tau_m without a spike are 0 Hz: to reach V_T after that, I is within e^-8 of the rheobase
const SPREAD = 0.03; // of the range, within a column: what turned faster than the columns show is no measurement

export class Rates {
  constructor(shared) {
    this.shared = shared;
    this.clear();
  }

  clear() {
    this.points = [];
    this.seen = new Set();
  }

  // hello forgets the points when the neuron is another one, or the same with other parameters.
  hello() {
    const { neurons, loop, step } = this.shared.hello, { curve, ...p } = neurons[this.shared.cell], shape = JSON.stringify([p, loop.dt_ms]);
    if (shape !== this.shape) {
      this.clear();
      this.since = step + 100 * loop.speed / loop.dt_ms; // what is under way still had the old ones
    }
    this.shape = shape;
  }

  frame(fresh) {
    const { hello, columns, cell } = this.shared, p = hello.neurons[cell], dt = hello.loop.dt_ms, spikes = columns.spikes[cell];
    const refractory = Math.round(p.refractory_ms / dt), silent = Math.ceil(SILENCE * this.memory() / dt) + refractory, end = columns.end;
    if (columns.run !== hello.run) return; // what is told is of another neuron than what was seen
    for (let k = Math.max(1, spikes.length - fresh.spikes[cell].length); k < spikes.length; k++) {
      if (spikes[k - 1] <= this.since || spikes[k] - spikes[k - 1] > silent) continue; // the silence was told as such
      this.add(this.current(spikes[k - 1] + 1 + refractory, spikes[k]), 1000 / ((spikes[k] - spikes[k - 1]) * dt));
    }
    if (end - silent > Math.max(spikes.at(-1) ?? 0, this.since, columns.begin)) this.add(this.current(end - silent, end), 0);
  }

  // current is that from one step to another as the membrane weighs it, or NaN where the columns do not tell.
  current(from, to) {
    const { hello, columns, cell } = this.shared, a = 1 - hello.loop.dt_ms / this.memory();
    let sum = 0, weights = 0, next = from;
    for (let k = columns.at(from); k < columns.count && columns.start(k) <= to; k++) {
      const first = Math.max(from, columns.start(k)), last = Math.min(to, columns.start(k) + columns.width(k) - 1);
      const lo = columns.value(k, cell, IMIN), hi = columns.value(k, cell, IMAX);
      if (first > next || !(hi - lo <= SPREAD * this.range())) return NaN;
      const weight = a ** (to - last) * (1 - a ** (last - first + 1));
      sum += weight * (lo + hi) / 2;
      weights += weight;
      next = last + 1;
    }
    return next > to ? sum / weights : NaN;
  }

  // memory is the time constant of the membrane, ms, or what stands for it in a model that has none.
  memory() { return this.shared.hello.neurons[this.shared.cell].memory_ms || 10; }

  range() {
    const { curve } = this.shared.hello.neurons[this.shared.cell];
    return curve.at(-1).i - curve[0].i || 1;
  }

  add(i, rate) {
    if (Number.isNaN(i)) return;
    const key = `${Math.round(GRAIN * i / this.range())} ${rate.toPrecision(5)}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.points.push({ i: Number(i.toPrecision(6)), rate: Number(rate.toPrecision(6)) });
    if (this.points.length > MOST) this.points.splice(0, MOST / 2);
  }
}
