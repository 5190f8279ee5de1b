// The board: the header, the parts and the wires, which are those of hillock wiring.
import { $ } from '../show.js';
import { Knob } from '../knob.js';
import { layout } from '../layout.js';
import { draw } from '../parts.js';
import { measure, svg } from '../svg.js';

const ink = (color) => (color === '#000000' ? 'var(--ink)' : color ?? 'var(--soft)'); // black is white on a dark ground

export default class Board {
  static place = 'left';
  static id = 'board';
  static title = 'The board';
  static html = `
<svg id="drawing" viewBox="0 0 540 430" role="group" aria-label="The header of the Pi, the parts and their wires"></svg>
<p id="hint"></p>
<label id="fault-label" hidden>something wrong <select id="fault"></select></label>
`;

  constructor(shared) {
    this.shared = shared;
    $('fault').onchange = () => this.pull($('fault').value);
  }

  // hello draws the board anew when the parts are others.
  hello() {
    const { inputs, outputs, kit, faults, virtual, may_change: may } = this.shared.hello;
    const shape = JSON.stringify([inputs, outputs, kit, faults, virtual, may]);
    if (shape === this.shape) return;
    this.shape = shape;
    const plan = layout(kit, measure);
    $('drawing').replaceChildren();
    $('drawing').setAttribute('viewBox', plan.box.join(' '));
    this.wires = [];
    if (!plan.bare) this.strip(plan.head);
    for (const net of plan.nets) this.net(net);
    if (!plan.bare) this.holes(plan.head);
    $('drawing').append(...this.wires.map(({ cross }) => cross).filter(Boolean));
    this.lamps = new Map(outputs.map((o) => [o.name, []]));
    this.knobs = new Map();
    for (const p of plan.parts) this.part(p, plan.knobs);
    const choose = virtual && faults.length > 1;
    $('fault-label').hidden = !choose;
    $('fault').disabled = !may;
    $('fault').replaceChildren(...faults.map((f) => new Option(f, f)));
    if (!virtual) $('hint').textContent = 'The knob and the wires are those on the desk.';
    else if (!may) $('hint').textContent = 'With the token the knob turns, and wires can be pulled out.';
    else {
      const turns = inputs.some((input) => input.turnable), comesOut = this.wires.some(({ fault }) => this.can(fault));
      $('hint').textContent = [turns && 'Turn the knob: mouse, finger, wheel or arrow keys.', comesOut && 'Pull a wire out: press it, one at a time.'].filter(Boolean).join(' ');
    }
    this.status();
  }

  can(fault) {
    const { faults, virtual, may_change: may } = this.shared.hello;
    return Boolean(virtual && may && fault && faults.includes(fault));
  }

  pull(fault) { this.shared.send({ type: 'fault', name: fault }); }

  strip(head) {
    $('drawing').append(svg('rect', { class: 'strip', x: head.x - 13, y: head.y - 13, width: 52, height: 406, rx: 6 }),
      svg('text', { class: 'small', x: head.x - 8, y: head.y - 21 }, ['pin 1 on top']));
    for (const { even, dot } of head.pins.values()) $('drawing').append(svg('circle', { class: 'pin', cx: head.x + (even ? 26 : 0), cy: dot, r: 6 }));
  }

  // net draws the wires that are joined, one seam around them all: over other wires, and not over each other.
  net({ wires, joints, color }) {
    $('drawing').append(...wires.map(({ d }) => svg('path', { class: 'seam', d })));
    for (const w of wires) this.wire(w);
    $('drawing').append(...joints.map(({ x, y }) => svg('circle', { class: 'joint', cx: x, cy: y, r: 4.5, fill: ink(color) })));
  }

  // wire is one in its colour; one that stands for a fault can be pulled out.
  wire({ wire, d, cross }) {
    const { fault, name } = wire, g = svg('g', { class: 'wire' }, [svg('path', { class: 'edge', d }), svg('path', { d, stroke: ink(wire.color) })]);
    if (this.can(fault)) {
      g.append(svg('path', { class: 'reach', d }), svg('title', {}, [`${name}: press to pull it out or put it back`]));
      for (const [key, value] of Object.entries({ role: 'button', tabindex: 0, 'aria-pressed': false, 'aria-label': `pull out the wire from ${name}`, 'data-fault': fault })) g.setAttribute(key, value);
      const press = () => this.pull(this.shared.status?.fault === fault ? 'none' : fault);
      g.onclick = press;
      g.onkeydown = (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); press(); } };
    }
    this.wires.push({ g, fault, cross: fault && svg('path', { class: 'cross', d: `M${cross[0] - 8} ${cross[1] - 8} l16 16 m0 -16 l-16 16` }) });
    $('drawing').append(g);
  }

  // holes are the header's pins in use, over the ends of the wires.
  holes(head) {
    for (const { even, dot, color } of head.pins.values()) {
      if (color) $('drawing').append(svg('circle', { class: 'hole', cx: head.x + (even ? 26 : 0), cy: dot, r: 8, fill: ink(color) }));
    }
    for (const { y, text } of head.labels) $('drawing').append(svg('text', { class: 'role', x: head.x + 44, y: y + 5 }, [text]));
  }

  part(p, knobs) {
    const { kind, input, output } = p.part, { inputs, outputs } = this.shared.hello;
    if (kind === 'knob') {
      const knob = new Knob(this.shared, inputs.find((i) => i.name === input), p, knobs);
      if (input) this.knobs.set(input, knob);
      return;
    }
    const elements = draw(p, outputs.find((o) => o.name === output));
    $('drawing').append(...elements);
    this.lamps.get(output)?.push(...(kind === 'led' ? [elements[0]] : elements[0].querySelectorAll('.pixel')));
  }

  frame() {
    if (!this.lamps) return;
    let first = 0; // of the bits
    for (const { name, lamps } of this.shared.hello.outputs) {
      for (const [k, lamp] of this.lamps.get(name).slice(0, lamps).entries()) {
        lamp.classList.toggle('on', first + k < 32 && Boolean((this.shared.columns.outputs >>> (first + k)) & 1));
      }
      first += lamps;
    }
  }

  status() {
    const { status } = this.shared;
    if (!status || !this.knobs) return;
    for (const s of status.inputs) this.knobs.get(s.name)?.status(s);
    for (const { g, fault, cross } of this.wires) {
      const out = Boolean(fault) && status.fault === fault;
      g.classList.toggle('out', out);
      cross?.classList.toggle('out', out);
      if (g.hasAttribute('role')) g.setAttribute('aria-pressed', out);
    }
    if (document.activeElement !== $('fault')) $('fault').value = status.fault;
  }
}
