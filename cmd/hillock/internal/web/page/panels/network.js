// The network: its neurons and synapses as a picture, with the spikes on their way, and the parameters of the synapses as sliders.
import { within } from '../columns.js';
import { HEIGHT, RADIUS, WIDTH, along, place } from '../graph.js';
import { $, number } from '../show.js';
import { Sliders, plain } from '../sliders.js';
import { fit, measure, svg } from '../svg.js';

const SEEN = 100; // ms: a spike is at least this long on its way
const LIT = 60; // ms: a neuron is lit after a spike
const DOTS = 300; // spikes on the picture at most
const NAMED = 10; // synapses with their name at most
const CROWD = 24; // synapses at most: in a larger crowd the chosen ones have spikes, and the others are pale
const POPULATION = 10; // neurons of a population with spikes on the picture
const AHEAD = 150; // ms: the picture follows the latest steps at most this far behind

export default class Network {
  static place = 'wide';
  static id = 'network';
  static title = 'The network';
  static html = `
<div id="net">
  <figure>
    <svg id="graph" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"></svg>
    <p class="legend" id="graph-note"></p>
  </figure>
  <div id="net-raster" class="plots">
    <div id="synapse-box">
      <p class="tools"><label>synapse <select id="synapse"></select></label><span id="synapse-note" class="legend"></span></p>
      <div id="synapse-sliders"></div>
    </div>
  </div>
</div>
`;

  constructor(shared) {
    this.shared = shared;
    this.chosen = 0; // index of the synapse with sliders
    this.sliders = new Sliders($('synapse-sliders'), 'synapse-', (key, value) => shared.send({ type: 'set', synapse: this.synapse.name, key, value }));
    $('synapse').onchange = () => this.choose(Number($('synapse').value));
    this.dots = [];
  }

  get network() { return this.shared.hello.network; }
  get synapse() { return this.network.synapses[this.chosen]; }

  hello() {
    const { exists, places, synapses } = this.network;
    $('network').hidden = !exists;
    if (!exists) { this.paths = null; return; }
    const shape = JSON.stringify([places, synapses.map((s) => [s.name, s.kind, s.plastic, s.pairs])]);
    if (shape !== this.shape) this.lay();
    this.shape = shape;
    this.choose(Math.min(this.chosen, Math.max(0, synapses.length - 1)));
    this.status();
  }

  choose(k) {
    this.chosen = k;
    $('synapse').value = k;
    $('synapse-box').hidden = !this.synapse;
    for (const [n, table] of this.arrows.entries()) for (const g of table) g.classList.toggle('chosen', n === k);
    if (!this.synapse) return;
    this.sliders.show(this.synapse.sliders, this.synapse.params, this.shared.hello.may_change);
    this.note();
  }

  // lay draws the picture anew.
  lay() {
    const { places, synapses } = this.network;
    const { at, paths } = place(places, synapses.map((s) => s.pairs));
    this.at = at;
    this.paths = paths;
    $('synapse').replaceChildren(...synapses.map((s, k) => new Option(s.name, k)));
    const many = paths.flat().length, few = many <= NAMED;
    this.crowd = many > CROWD;
    $('graph').classList.toggle('crowd', this.crowd);
    const drawn = paths.map((table, k) => table.map((path) => this.arrow(path, k)));
    this.arrows = drawn.map((table) => table.flat());
    this.circles = places.map((p, k) => this.circle(p, at[k]));
    this.spots = svg('g', { class: 'spots' });
    const names = few ? paths.flatMap((table, k) => table.map((path) => this.name(path, synapses[k].name))) : [];
    const [lines, tips] = [0, 1].map((part) => drawn.flat().map((both) => both[part])); // no spike hides a tip
    $('graph').replaceChildren(...lines, this.spots, ...tips, ...this.circles.map(({ g }) => g), ...names);
    this.dots = [];
    const exists = places.length > 0;
    $('graph').hidden = !exists;
    const words = ['an arrow excites, a bar inhibits', synapses.some((s) => s.plastic) && 'a dashed line is plastic', `a dot is a spike on its way${this.crowd ? ' along the chosen synapse' : ''}, for 0.1 s at least`, 'numbers: Hz'];
    const count = this.shared.hello.neurons.reduce((sum, n) => sum + n.count, 0);
    $('graph-note').textContent = exists ? words.filter(Boolean).join(' · ') : `${count} neurons: too many for a picture`;
    $('graph').setAttribute('aria-label', `Network of ${places.map((p) => p.name).join(', ')}. Synapses: ${synapses.map((s) => `${s.name} from ${this.ends(s, 0)} to ${this.ends(s, 1)}`).join('; ')}`);
  }

  // ends returns the names of the places at one end of a synapse.
  ends({ pairs }, end) {
    const names = [...new Set(pairs.map((pair) => this.network.places[pair[end]].name))];
    return names.length > 8 ? `${names.slice(0, 7).join(', ')} and ${names.length - 7} more` : names.join(', ');
  }

  // arrow draws a synapse: its line, and its tip with a head for an excitatory one and a bar for an inhibitory one.
  arrow(path, k) {
    const [a, b, c, d] = path, { name, plastic } = this.network.synapses[k], line = `M${a.x} ${a.y} C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`;
    const turn = `translate(${d.x} ${d.y}) rotate(${Math.atan2(d.y - c.y, d.x - c.x) * 180 / Math.PI})`;
    const part = (...paths) => {
      const g = svg('g', { class: `synapse${plastic ? ' plastic' : ''}`, 'data-synapse': name }, [...paths, svg('title', {}, [name])]);
      g.onclick = () => this.choose(k);
      return g;
    };
    return [part(svg('path', { class: 'reach', d: line }), svg('path', { class: 'line', d: line })),
      part(svg('path', { class: 'head', d: 'M-4 -7 L9 0 L-4 7 Z', transform: turn }), svg('path', { class: 'bar', d: 'M4 -9 V9', transform: turn }))];
  }

  name(path, text) {
    const { x, y } = along(path, 0.5), before = along(path, 0.4), turn = Math.atan2(y - before.y, x - before.x);
    return svg('text', { class: 'name middle', x: x + 13 * Math.sin(turn), y: Math.max(14, y - 13 * Math.cos(turn) + 5) }, [text.length > 10 ? `${text.slice(0, 9)}…` : text]);
  }

  // circle draws a neuron, a population as two circles, or a spike input as a square.
  circle(p, { x, y }) {
    const n = this.shared.hello.neurons[p.neuron], many = n?.count > 1 && p.member < 0, r = RADIUS, room = 2 * r + 8;
    const body = n ? svg('circle', { class: 'body', cx: x, cy: y, r }) : svg('rect', { class: 'body', x: x - r * 0.8, y: y - r * 0.8, width: 1.6 * r, height: 1.6 * r });
    const rate = svg('text', { class: 'rate middle', x, y: y + 16 });
    const g = svg('g', { class: n ? 'place' : 'place input' }, [many ? svg('circle', { class: 'body', cx: x + 5, cy: y - 4, r }) : '', body,
      fit(p.member >= 0 && measure(p.name, 15) > room ? `.${p.member + 1}` : p.name, room, 15, { class: 'middle', x, y: n && p.member < 0 ? y - 1 : y + 5 }), rate, svg('title', {}, [many ? `${p.name}, ${n.count} neurons` : p.name])]);
    if (n) {
      g.onclick = () => {
        $('cell').value = p.neuron;
        $('cell').dispatchEvent(new Event('change'));
      };
    }
    return { g, rate };
  }

  // status shows rates, signs and plastic weights.
  status() {
    const { shown, hello, cell } = this.shared, { places, synapses } = this.network;
    if (!this.paths) return;
    this.circles.forEach(({ g, rate }, k) => {
      const p = places[k], now = shown?.neurons[p.neuron];
      g.classList.toggle('chosen', p.neuron === cell);
      if (now && p.member < 0) rate.textContent = number(now.rate, now.rate < 100 ? 1 : 0);
    });
    this.arrows.forEach((table, k) => {
      const negative = synapses[k].params.weight * (shown?.synapses[k]?.gain ?? 1) < 0;
      for (const g of table) g.classList.toggle('inhibits', negative);
    });
    if (!this.synapse) return;
    this.sliders.follow(hello.network.synapses[this.chosen].params);
    this.note();
  }

  note() {
    const { kind, count, plastic, gain, sliders } = this.synapse, now = this.shared.shown?.synapses[this.chosen];
    const unit = plain(sliders[0].unit), weight = (x) => `${number(x, sliders[0].decimals)} ${unit}`;
    const words = [kind, this.synapse.pairs.length ? `from ${this.ends(this.synapse, 0)} to ${this.ends(this.synapse, 1)}` : '', `${count} ${count === 1 ? 'synapse' : 'synapses'}`];
    if (now && plastic) words.push(now.low === now.high ? `plastic, now ${weight(now.mean)}` : `plastic, now ${weight(now.low)} to ${weight(now.high)}, mean ${weight(now.mean)}`);
    if (now && gain) words.push(`gain ${number(now.gain, 2)} from ${gain}`);
    $('synapse-note').textContent = words.filter(Boolean).join(' · ');
  }

  // spikesOf returns the steps of the spikes of a place within some steps. Of a population it has a few neurons.
  spikesOf({ neuron, source, member }, from, to) {
    const { columns, hello } = this.shared;
    if (neuron < 0) return within(columns.sources[source] ?? [], from, to);
    const raster = columns.rasters[neuron];
    if (!raster) return columns.spikesIn(neuron, from, to);
    const apart = Math.ceil(hello.neurons[neuron].rows / POPULATION);
    return within(raster, from, to, ([step]) => step).filter(([, row]) => (member < 0 ? row % apart === 0 : row === member)).map(([step]) => step);
  }

  // draw moves the spikes along the synapses, and lights the neurons.
  draw() {
    if (!this.paths || !this.shared.columns || this.shared.paused) return;
    const { hello, columns } = this.shared, { dt_ms: dt, speed } = hello.loop, { places, synapses } = this.network;
    const now = performance.now(), perMs = speed / dt, end = columns.end; // steps in a millisecond of real time
    const next = (this.step ?? end) + (now - (this.drawn ?? now)) * perMs;
    this.step = next > end || next < end - AHEAD * perMs ? Math.max(end - AHEAD * perMs / 3, Math.min(next, end)) : next;
    this.drawn = now;
    let used = 0;
    synapses.forEach(({ params, pairs }, k) => {
      if (this.crowd && k !== this.chosen) return;
      const travel = Math.max(params.delay / dt, SEEN * perMs), inhibits = this.arrows[k][0]?.classList.contains('inhibits');
      pairs.forEach(([from], n) => {
        for (const step of this.spikesOf(places[from], Math.ceil(this.step - travel), Math.floor(this.step))) {
          if (used === DOTS) return;
          this.dot(used++, along(this.paths[k][n], (this.step - step) / travel), inhibits);
        }
      });
    });
    for (let k = used; k < this.used; k++) this.dots[k].setAttribute('visibility', 'hidden');
    this.used = used;
    places.forEach((p, k) => {
      const many = p.neuron >= 0 && p.member < 0 && hello.neurons[p.neuron].count > 1;
      this.circles[k].g.classList.toggle('on', !many && this.spikesOf(p, Math.ceil(this.step - LIT * perMs), Math.floor(this.step)).length > 0);
    });
  }

  dot(k, { x, y }, inhibits) {
    if (!this.dots[k]) this.spots.append(this.dots[k] = svg('circle', { r: 5 }));
    for (const [key, value] of [['cx', x], ['cy', y], ['class', inhibits ? 'inhibits' : ''], ['visibility', 'visible']]) this.dots[k].setAttribute(key, value);
  }
}
