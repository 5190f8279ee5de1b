// The breadboard as it lies on the desk: /breadboard.svg with knobs to turn, buttons to press, LEDs, and wires that a hand can pull out or
// put into other holes.
import { $ } from './show.js';
import { Turning } from './knob.js';
import { svg } from './svg.js';

const HALF = 135; // degrees of a knob from its middle to an end
const NEAR = 2.6; // units: the end of a wire this near to a hole goes into it
const STILL = 1.2; // units: a shorter move is a press

// A Shaft turns the knob of a drawing. A sensor has no shaft.
class Shaft extends Turning {
  constructor(shared, input, g) {
    super(shared, input);
    this.g = g;
    this.shaft = g.querySelector('[data-shaft]');
    g.classList.toggle('turnable', this.turnable);
    this.describe(g);
    this.show(0);
  }

  show(position) {
    this.position = position;
    this.value(this.g);
    if (!this.shaft) return;
    const { x, y, width, height } = this.shaft.getBBox();
    this.shaft.setAttribute('transform', `rotate(${HALF * (2 * position - 1)} ${x + width / 2} ${y + height / 2})`);
  }
}

// place returns the middle of a hole.
function place(hole) {
  const shape = hole.matches('rect, circle') ? hole : hole.querySelector('circle, rect'), get = (name) => Number(shape.getAttribute(name));
  return shape.tagName === 'circle' ? [get('cx'), get('cy')] : [get('x') + get('width') / 2, get('y') + get('height') / 2];
}

export class Desk {
  constructor(shared) { this.shared = shared; }

  // load draws the breadboard anew.
  async load() {
    const text = await (await fetch('breadboard.svg')).text();
    this.drawing = document.importNode(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement, true);
    this.drawing.setAttribute('role', 'group');
    this.drawing.setAttribute('aria-label', 'The Pi, the breadboard, the parts and their wires');
    $('desk').replaceChildren(this.drawing);
    const { inputs, outputs, desk } = this.shared.hello, all = (what) => [...this.drawing.querySelectorAll(what)];
    this.holes = new Map(all('[data-hole]:not([data-leg])').map((hole) => [hole.dataset.hole, place(hole)]));
    this.turning = new Map();
    for (const g of all('[data-input]')) {
      const input = inputs.find(({ name }) => name === g.dataset.input);
      if (input) this.turning.set(input.name, new Shaft(this.shared, input, g));
      else if (g.dataset.kind === 'button') this.button(g);
    }
    this.lamps = new Map(outputs.map(({ name }) => [name, all(`[data-output="${CSS.escape(name)}"]`).flatMap((g) => (g.dataset.kind === 'led' ? [g] : [...g.querySelectorAll('[data-lamp]')]))]));
    this.live = new Map(outputs.map(({ name, pin }) => [name, all('[data-wire]').filter((w) => pin && w.dataset.net?.split(' ')[0] === pin)]));
    this.wires = new Map(all('[data-wire]').map((g) => [g.dataset.wire, { g, id: g.dataset.wire, own: { from: g.dataset.from, to: g.dataset.to }, ends: { from: g.dataset.from, to: g.dataset.to } }]));
    for (const { id, fault } of desk) Object.assign(this.wires.get(id), { fault });
    this.over = svg('g', { class: 'over' });
    this.drawing.append(this.over);
    for (const wire of this.wires.values()) if (this.may() && wire.fault) this.handle(wire);
    this.moved = '';
  }

  may() { return this.shared.hello.virtual && this.shared.hello.may_change; }

  // button lets a hand press a button.
  button(g) {
    if (!this.may()) return;
    const press = () => { g.classList.add('down'); setTimeout(() => g.classList.remove('down'), 150); this.shared.send({ type: 'press', input: g.dataset.input }); };
    g.setAttribute('role', 'button');
    g.setAttribute('tabindex', 0);
    g.setAttribute('aria-label', `button ${g.dataset.input}`);
    g.onclick = press;
    g.onkeydown = (e) => { if ((e.key === ' ' || e.key === 'Enter') && !e.repeat) { e.preventDefault(); press(); } };
  }

  // handle lets a hand pull a wire out: a press pulls it out or puts it back, and a drag puts its end into another hole.
  handle(wire) {
    const { g, id } = wire;
    g.setAttribute('role', 'button');
    g.setAttribute('tabindex', 0);
    g.setAttribute('aria-label', `wire ${g.querySelector('title')?.textContent ?? id}`);
    let drag = null;
    g.onpointerdown = (e) => {
      g.setPointerCapture(e.pointerId);
      const at = this.point(e), far = (end) => Math.hypot(...this.at(wire, end).map((v, k) => v - at[k]));
      drag = { end: far('from') < far('to') ? 'from' : 'to', start: at, at, hole: null };
    };
    g.onpointermove = (e) => {
      if (!drag || !g.hasPointerCapture(e.pointerId)) return;
      drag.at = this.point(e);
      drag.far ||= Math.hypot(drag.at[0] - drag.start[0], drag.at[1] - drag.start[1]) > STILL;
      if (!drag.far || this.playing()) return;
      drag.hole = this.near(drag.at);
      const other = this.at(wire, drag.end === 'from' ? 'to' : 'from'), [x, y] = drag.hole ? this.holes.get(drag.hole) : drag.at;
      this.ghost?.remove();
      this.ghost = svg('g', { class: 'ghost' }, [svg('path', { d: curve(other, [x, y]) }), svg('circle', { cx: x, cy: y, r: drag.hole ? 1.8 : 1 })]);
      this.over.append(this.ghost);
    };
    g.onpointerup = () => {
      const { end, far, hole } = drag ?? {};
      drag = null;
      this.ghost?.remove();
      if (far && !this.playing()) this.put(wire, end, hole ?? '');
      else this.press(wire);
    };
    g.onkeydown = (e) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); this.press(wire); }
      if (by && !this.playing()) { e.preventDefault(); this.step(wire, by); }
    };
  }

  playing() { return this.shared.status?.game.hidden > 0; }

  press(wire) {
    if (this.playing()) this.shared.send({ type: 'try', name: wire.fault });
    else if (wire.out) this.back(wire);
    else this.put(wire, wire.own.from.startsWith('header') ? 'from' : 'to', '');
  }

  // back puts both ends of a wire into their own holes. A wire that is out by the list of faults is put back there.
  back(wire) {
    const ends = ['from', 'to'].filter((end) => wire.ends[end] !== wire.own[end]);
    for (const end of ends) this.put(wire, end, wire.own[end]);
    if (!ends.length) this.shared.send({ type: 'fault', name: 'none' });
  }

  put(wire, end, hole) { this.shared.send({ type: 'wire', wire: wire.id, at: end, hole }); }

  // step puts the header's end of a wire into the next free pin of its side.
  step(wire, by) {
    const end = wire.own.from.startsWith('header') ? 'from' : 'to', taken = new Set([...this.wires.values()].map((w) => w.ends[end]));
    for (let pin = Number((wire.ends[end] || wire.own[end]).split('-')[1]) + by; pin >= 1 && pin <= 40; pin += by) {
      if (!taken.has(`header-${pin}`)) { this.put(wire, end, `header-${pin}`); return; }
    }
  }

  point(e) {
    const { x, y } = new DOMPoint(e.clientX, e.clientY).matrixTransform(this.drawing.getScreenCTM().inverse());
    return [x, y];
  }

  // at returns the place of the end of a wire, its own one for a loose end.
  at(wire, end) { return this.holes.get(wire.ends[end] || wire.own[end]); }

  // near returns the nearest hole without a wire, or null.
  near([x, y]) {
    const taken = new Set([...this.wires.values()].flatMap(({ ends }) => [ends.from, ends.to])), legs = new Set([...this.drawing.querySelectorAll('[data-leg]')].map((leg) => leg.dataset.hole));
    let best = NEAR, found = null;
    for (const [id, [hx, hy]] of this.holes) {
      const far = Math.hypot(hx - x, hy - y);
      if (far < best && !taken.has(id) && !legs.has(id)) [best, found] = [far, id];
    }
    return found;
  }

  frame(on) {
    for (const [name, lamps] of this.lamps ?? []) for (const [k, lamp] of lamps.entries()) lamp.classList.toggle('lit', on(name, k));
    for (const [name, wires] of this.live ?? []) for (const g of wires) g.classList.toggle('live', on(name, 0));
  }

  // status shows the wires that are not in their own holes. Faults of the list pull out wires too.
  status() {
    const { status, shown } = this.shared;
    if (!this.drawing) return;
    for (const s of shown.inputs) this.turning.get(s.name)?.status(s);
    const faults = status.fault.split(' + '), state = JSON.stringify([status.moved, status.fault]);
    if (state === this.moved) return;
    this.moved = state;
    this.over.replaceChildren();
    for (const wire of this.wires.values()) {
      const ends = status.moved.filter((m) => m.wire === wire.id);
      wire.ends = { ...wire.own, ...Object.fromEntries(ends.map(({ end, hole }) => [end, hole])) };
      wire.out = ends.length > 0 || (status.moved.length === 0 && Boolean(wire.fault) && wire.fault.split(' + ').every((f) => faults.includes(f)));
      wire.g.classList.toggle('out', wire.out);
      if (wire.g.hasAttribute('role')) wire.g.setAttribute('aria-pressed', wire.out);
      if (wire.out) this.draw(wire, ends.length > 0);
    }
  }

  // draw draws a wire that is out: between its present holes, or with a loose end.
  draw(wire, moved) {
    const ink = [...wire.g.querySelectorAll('path')].at(-1)?.getAttribute('stroke') ?? 'currentColor', { from, to } = wire.ends;
    const a = this.at(wire, 'from'), b = this.at(wire, 'to'), loose = !moved || !from || !to;
    const [fixed, free] = from && moved ? [a, b] : [b, a], end = loose ? fixed.map((v, k) => v + (free[k] - v) * 0.6 + (k ? 4 : 0)) : free;
    this.over.append(svg('g', { class: 'moved', 'data-moved': wire.id }, [svg('path', { class: 'seam', d: curve(fixed, end) }), svg('path', { d: curve(fixed, end), stroke: ink }),
      svg('circle', { cx: fixed[0], cy: fixed[1], r: 0.9, fill: ink }), svg('circle', { class: loose ? 'loose' : '', cx: end[0], cy: end[1], r: 1.2, fill: ink })]));
  }
}

// curve is the path of a wire by hand: it hangs a little.
function curve([x, y], [u, v]) {
  const hang = Math.min(8, Math.hypot(u - x, v - y) / 6);
  return `M${x} ${y} C${x + (u - x) / 3} ${y + hang} ${x + 2 * (u - x) / 3} ${v + hang} ${u} ${v}`;
}
