// The board: the breadboard as it lies on the desk, or the schematic of 'hillock wiring'.
import { $, remember, remembered } from '../show.js';
import { Desk } from '../desk.js';
import { Knob } from '../knob.js';
import { layout } from '../layout.js';
import { draw } from '../parts.js';
import { measure, svg } from '../svg.js';

const ink = (color) => (color === '#000000' ? 'var(--ink)' : color ?? 'var(--soft)'); // black is white on a dark ground

// The header pins of misplaced wires, by the fault and by the fault of the same wire when it is loose. at is the wire's own pin,
// pinOf returns the pin of another wire.
const MISPLACED = {
  'CE one row too high': { 'CS loose': (at) => at - 2 },
  'MISO and MOSI swapped': { 'MISO open': (_, pinOf) => pinOf('MOSI loose'), 'MOSI loose': (_, pinOf) => pinOf('MISO open') },
};

export default class Board {
  static place = 'left';
  static id = 'board';
  static title = 'The board';
  static html = `
<div id="desk" hidden></div>
<svg id="drawing" viewBox="0 0 540 430" role="group" aria-label="The header of the Pi, the parts and their wires"></svg>
<div id="bar" class="tools"><button id="view" hidden></button><div id="faults" class="tools" hidden>
  <select id="fault" aria-label="Fault"></select>
  <button id="inject" title="Make the chosen fault">Inject fault</button>
  <button id="mend" title="End the fault">Reset</button>
</div></div>
<div class="tools" id="views">
  <a class="button" id="sheet" href="breadboard.svg" download>SVG</a><button id="large">Full screen</button>
  <span id="game"><select id="many" aria-label="Number of hidden faults"><option>1</option><option>2</option><option>3</option></select>
  <button id="hide" title="Make hidden faults, for a class to find">Hide faults</button></span>
</div>
<div id="told" tabindex="0" role="region" aria-label="Findings"><p id="hint"></p></div>
`;

  constructor(shared) {
    this.shared = shared;
    $('inject').onclick = () => this.inject($('fault').value);
    $('mend').onclick = () => this.inject('none');
    $('fault').onchange = () => this.choose($('fault').value);
    $('hide').onclick = () => shared.send(this.shared.status?.game.hidden ? { type: 'reveal' } : { type: 'hide', wires: Number($('many').value) });
    this.desk = new Desk(shared);
    this.schematic = remembered('board') === 'schematic';
    $('large').onclick = () => { if (document.fullscreenElement) document.exitFullscreen(); else $('board').requestFullscreen(); };
    $('view').onclick = () => {
      this.schematic = !this.schematic;
      remember('board', this.schematic ? 'schematic' : 'breadboard');
      this.view();
    };
  }

  // view shows the breadboard or the schematic.
  view() {
    const desk = this.shared.hello.desk.length > 0, shown = desk && !this.schematic;
    $('view').hidden = !desk;
    $('views').hidden = !shown;
    $('view').textContent = shown ? 'Schematic' : 'Breadboard';
    $('desk').hidden = !shown;
    $('drawing').toggleAttribute('hidden', shown);
  }

  // hello draws the board anew after a change of its parts.
  hello() {
    const { inputs, outputs, kit, desk, faults, virtual, may_change: may } = this.shared.hello;
    const shape = JSON.stringify([inputs, outputs, kit, desk, faults, virtual, may]);
    if (shape === this.shape) return;
    this.shape = shape;
    this.view();
    if (desk.length) this.desk.load().then(() => this.status(), () => { this.schematic = true; this.view(); });
    const plan = layout(kit, measure);
    $('drawing').replaceChildren();
    $('drawing').setAttribute('viewBox', plan.box.join(' '));
    this.wires = [];
    if (!plan.bare) this.strip(plan.head);
    for (const net of plan.nets) this.net(net);
    if (!plan.bare) this.holes(plan.head);
    $('drawing').append(...this.wires.flatMap(({ cross, moved }) => [...moved, cross]).filter(Boolean));
    this.lamps = new Map(outputs.map((o) => [o.name, []]));
    this.knobs = new Map();
    for (const p of plan.parts) this.part(p, plan.knobs);
    const choose = virtual && faults.length > 1;
    $('faults').hidden = $('game').hidden = !choose;
    for (const id of ['fault', 'inject', 'mend', 'many', 'hide']) $(id).disabled = !may;
    $('fault').replaceChildren(...faults.map((f) => new Option(f === 'none' ? 'no fault' : f, f)));
    this.fault = null;
    if (!virtual) this.hint = 'The knob and the wires are real: the page only shows them.';
    else if (!may) this.hint = 'Enter the token to turn the knob and to pull out wires.';
    else {
      const turns = inputs.some((input) => input.turnable), comesOut = this.wires.some(({ fault }) => this.can(fault));
      const knob = turns && 'Knob: drag up or down, use the wheel or the arrow keys.';
      this.hint = [knob, comesOut && 'Press a thick wire to pull it out; thin wires are fixed.'].filter(Boolean).join(' ');
      this.deskHint = [knob, desk.some(({ fault }) => fault) && 'Press a wire to pull it out, or drag its end into another hole.'].filter(Boolean).join(' ');
    }
    this.status();
  }

  can(fault) {
    const { faults, virtual, may_change: may } = this.shared.hello;
    return Boolean(virtual && may && fault && faults.includes(fault));
  }

  // choose shows a fault in the list. The title has the complete name.
  choose(fault) {
    $('fault').value = this.shared.hello.faults.includes(fault) ? fault : 'none';
    $('fault').title = fault;
  }

  // way says how to end a fault, or else what the hand can do.
  way(fault) {
    const { game } = this.shared.status, desk = !$('desk').hidden;
    if (game.hidden) return `${game.hidden} hidden. Found ${game.found} with ${game.tries} tries. ${desk ? 'Press the wire that you suspect.' : 'Use the breadboard to press the wire that you suspect.'}`;
    if (game.found && !game.over && fault === 'none') return `All found with ${game.tries} tries. ${this.deskHint ?? this.hint}`;
    if (desk && (fault === 'none' || !this.shared.hello.may_change)) return this.deskHint ?? this.hint;
    if (fault === 'none' || !this.shared.hello.may_change) return this.hint;
    if (desk) return 'Press the wire again, or Reset, to put it back.';
    return this.wires.some((w) => w.fault === fault) ? 'Press the wire again, or Reset, to put it back.' : 'Reset ends the fault.';
  }

  inject(fault) { this.shared.send({ type: 'fault', name: fault }); }

  strip(head) {
    $('drawing').append(svg('rect', { class: 'strip', x: head.x - 13, y: head.y - 13, width: 52, height: 406, rx: 6 }),
      svg('text', { class: 'small', x: head.x - 8, y: head.y - 21 }, ['pin 1 on top']));
    for (const { even, dot } of head.pins.values()) $('drawing').append(svg('circle', { class: 'pin', cx: head.x + (even ? 26 : 0), cy: dot, r: 6 }));
  }

  // net draws joined wires with one seam around them all. The seam covers other wires, and no wire of the net.
  net({ wires, joints, color }) {
    $('drawing').append(...wires.map(({ d }) => svg('path', { class: 'seam', d })));
    for (const w of wires) this.wire(w);
    $('drawing').append(...joints.map(({ x, y }) => svg('circle', { class: 'joint', cx: x, cy: y, r: 4.5, fill: ink(color) })));
  }

  // wire draws a wire in its colour. A wire with a fault of the virtual Pi can be pulled out; the others are fixed, and thin.
  wire({ wire, d, cross, other }) {
    const { fault, name, color } = wire, g = svg('g', { class: 'wire' }, [svg('path', { class: 'edge', d }), svg('path', { d, stroke: ink(color) })]);
    const { faults, virtual, may_change: may } = this.shared.hello;
    if (virtual && may && !this.can(fault)) {
      g.classList.add('fixed');
      g.append(svg('title', {}, [`${name}: fixed`]));
    }
    if (this.can(fault)) {
      g.append(svg('path', { class: 'reach', d }), svg('title', {}, [`${name}: press to pull it out or put it back`]));
      for (const [key, value] of Object.entries({ role: 'button', tabindex: 0, 'aria-pressed': false, 'aria-label': `pull out the wire from ${name}`, 'data-fault': fault })) g.setAttribute(key, value);
      const press = () => this.inject(this.shared.status?.fault === fault ? 'none' : fault);
      g.onclick = press;
      g.onkeydown = (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); press(); } };
    }
    const pinOf = (of) => this.shared.hello.kit.wires.find((w) => w.fault === of && w.to.part === 'header')?.to.pin;
    const moved = faults.filter((f) => other && MISPLACED[f]?.[fault]).map((f) => {
      const into = MISPLACED[f][fault](wire.to.pin, pinOf), { path, x, y } = other(into);
      return svg('g', { class: 'moved', 'data-fault': f, 'data-from': wire.to.pin, 'data-into': into }, [svg('path', { class: 'seam', d: path }), svg('path', { d: path, stroke: ink(color) }), svg('circle', { class: 'hole', cx: x, cy: y, r: 8, fill: ink(color) })]);
    });
    this.wires.push({ g, fault, moved, cross: fault && svg('path', { class: 'cross', d: `M${cross[0] - 8} ${cross[1] - 8} l16 16 m0 -16 l-16 16` }) });
    $('drawing').append(g);
  }

  // holes draws the header's pins in use over the ends of the wires.
  holes(head) {
    for (const [pin, { even, dot, color }] of head.pins) {
      if (color) $('drawing').append(svg('circle', { class: 'hole', 'data-pin': pin, cx: head.x + (even ? 26 : 0), cy: dot, r: 8, fill: ink(color) }));
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
    if (!this.lamps || this.shared.paused) return;
    let first = 0; // bit of the output's first lamp
    const bits = new Map();
    for (const { name, lamps } of this.shared.hello.outputs) {
      for (const [k, lamp] of this.lamps.get(name).slice(0, lamps).entries()) {
        lamp.classList.toggle('on', first + k < 32 && Boolean((this.shared.columns.outputs >>> (first + k)) & 1));
      }
      bits.set(name, first);
      first += lamps;
    }
    this.desk.frame((name, k) => bits.get(name) + k < 32 && Boolean((this.shared.columns.outputs >>> (bits.get(name) + k)) & 1));
  }

  status() {
    const { status, shown } = this.shared;
    if (!status || !this.knobs) return;
    for (const s of shown.inputs) this.knobs.get(s.name)?.status(s);
    this.desk.status();
    $('hide').textContent = status.game.hidden ? 'Reveal' : 'Hide faults';
    for (const { g, fault, cross, moved } of this.wires) {
      const out = Boolean(fault) && status.fault.split(' + ').includes(fault);
      for (const m of moved) m.classList.toggle('on', m.dataset.fault === status.fault);
      g.classList.toggle('away', moved.some((m) => m.dataset.fault === status.fault));
      g.classList.toggle('out', out);
      cross?.classList.toggle('out', out);
      if (g.hasAttribute('role')) g.setAttribute('aria-pressed', out);
    }
    const moved = [...$('drawing').querySelectorAll('.moved.on')], into = moved.map((m) => m.dataset.into);
    for (const hole of $('drawing').querySelectorAll('[data-pin]')) {
      const { pin } = hole.dataset;
      hole.classList.toggle('away', moved.some((m) => m.dataset.from === pin) && !into.includes(pin));
    }
    const way = this.shared.hello.virtual ? this.way(status.fault) : this.hint;
    if ($('hint').textContent !== way) $('hint').textContent = way;
    if (status.fault !== this.fault) this.choose(status.fault); // keep a choice before Inject fault
    this.fault = status.fault;
  }
}
