// The board: the header, the chip, the knobs, the LEDs and the wires, as hillock wiring colours them.
import { $ } from './show.js';
import { Knob, svg } from './knob.js';

// The header pin of each GPIO, and of the buses' lines.
const GPIO = { 2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22, 11: 23, 8: 24, 7: 26,
  0: 27, 1: 28, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40 };
const SPI = { SPI0: { MOSI: 19, MISO: 21, SCLK: 23, CE: [24, 26] }, SPI1: { MOSI: 38, MISO: 35, SCLK: 40, CE: [12, 11, 36] } };
const RED = '#d40f14', BLACK = 'var(--ink)', WIRES = ['#56b4e9', '#cc79a7', '#e69f00', '#009e73', '#0072b2', '#d55e00'];

const place = (pin) => ({ x: pin % 2 ? 398 : 424, y: 34 + 18 * ((pin - 1) >> 1) });
const header = (name) => GPIO[name.slice('GPIO'.length)];
// reach is the end of a path at a header pin; the outer row is reached from below, between two pins.
const reach = (pin) => { const { x, y } = place(pin); return pin % 2 ? `V${y} H${x}` : `V${y + 9} H${x} V${y}`; };

export class Board {
  constructor(shared) {
    this.shared = shared;
    $('fault').onchange = () => this.pull($('fault').value);
  }

  // hello draws the board anew when the parts are others.
  hello() {
    const { inputs, outputs, faults, virtual, may_change: may } = this.shared.hello;
    const shape = JSON.stringify([inputs, outputs, faults, virtual, may]);
    if (shape === this.shape) return;
    this.shape = shape;
    $('drawing').replaceChildren();
    this.wires = [];
    this.used = new Map();
    this.header();
    this.chip(inputs);
    this.knobs = inputs.map((input, k) => this.knob(input, k, inputs.length));
    this.lamps = outputs.map((output, k) => this.lamp(output, k, outputs.length));
    this.holes();
    const choose = virtual && faults.length > 0;
    $('fault-label').hidden = !choose;
    $('fault').disabled = !may;
    $('fault').replaceChildren(...faults.map((f) => new Option(f, f)));
    if (!virtual) $('hint').textContent = 'The knob and the wires are those on the desk.';
    else if (!may) $('hint').textContent = 'With the token the knob turns, and wires can be pulled out.';
    else $('hint').textContent = 'Turn the knob: mouse, finger, wheel or arrow keys. Pull a wire out: press it.';
    this.status();
  }

  can(fault) {
    const { faults, virtual, may_change: may } = this.shared.hello;
    return Boolean(virtual && may && fault && faults.includes(fault));
  }

  pull(fault) { this.shared.send({ type: 'fault', name: fault }); }

  header() {
    $('drawing').append(svg('rect', { class: 'strip', x: 385, y: 21, width: 52, height: 368, rx: 6 }));
    for (let pin = 1; pin <= 40; pin++) {
      const { x, y } = place(pin);
      $('drawing').append(svg('circle', { class: 'pin', cx: x, cy: y, r: 6 }));
    }
  }

  // wire is a path in a colour; one that stands for a fault can be pulled out.
  wire(path, stroke, name, fault, cross) {
    const g = svg('g', { class: 'wire' }, [svg('path', { class: 'edge', d: path }), svg('path', { d: path, stroke })]);
    if (cross) g.append(svg('path', { class: 'cross', d: `M${cross[0] - 8} ${cross[1] - 8} l16 16 m0 -16 l-16 16` }));
    if (this.can(fault)) {
      g.append(svg('path', { class: 'reach', d: path }), svg('title', {}, [`${name}: press to pull it out or put it back`]));
      for (const [key, value] of Object.entries({ role: 'button', tabindex: 0, 'aria-pressed': false, 'aria-label': `pull out the wire ${name}`, 'data-fault': fault })) g.setAttribute(key, value);
      const press = () => this.pull(this.shared.status?.fault === fault ? 'none' : fault);
      g.onclick = press;
      g.onkeydown = (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); press(); } };
    }
    this.wires.push({ g, fault });
    $('drawing').append(g);
  }

  at(pin, stroke, label) {
    this.used.set(pin, { stroke, label });
    return reach(pin);
  }

  chip(inputs) {
    const input = inputs.find((p) => p.driver.startsWith('mcp'));
    this.power = Boolean(input);
    if (!input) return;
    const [, bus, select] = /(SPI\d)\.(\d)/.exec(input.where) ?? [null, 'SPI0', '0'], pins = SPI[bus] ?? SPI.SPI0;
    const ce = pins.CE[Number(select)] ?? pins.CE[0], three = this.at(1, RED, '3V3'), ground = this.at(6, BLACK, 'GND');
    this.wire(`M290 215 H305 ${three}`, RED, 'to VDD');
    this.wire(`M290 255 H319 ${ground} M319 255 V355 H290`, BLACK, 'to GND');
    this.wire(`M290 235 H305 V215`, RED, '3V3 to VREF', 'VREF loose', [305, 235]);
    this.wire(`M290 275 H372 ${this.at(pins.SCLK, '#e69f00', 'SCLK')}`, '#e69f00', 'SCLK');
    this.wire(`M290 315 H338 ${this.at(pins.MOSI, '#0072b2', 'MOSI')}`, '#0072b2', 'MOSI');
    this.wire(`M290 295 H355 ${this.at(pins.MISO, '#009e73', 'MISO')}`, '#009e73', 'MISO', 'MISO open', [355, 262]);
    this.wire(`M290 335 H378 ${this.at(ce, '#cc79a7', `CE${select}`)}`, '#cc79a7', `CE${select}`, 'CE one row too high', [345, 335]);
    const right = ['VDD', 'VREF', 'AGND', 'CLK', 'DOUT', 'DIN', 'CS', 'DGND'];
    $('drawing').append(svg('rect', { class: 'chip', x: 205, y: 202, width: 85, height: 167, rx: 4 }));
    right.forEach((name, k) => $('drawing').append(
      svg('text', { class: 'chip-text end', x: 285, y: 220 + 20 * k }, [name]),
      svg('text', { class: 'chip-text', x: 210, y: 220 + 20 * k }, [`CH${k}`])));
    $('drawing').append(svg('text', { class: 'middle', x: 248, y: 388 }, [input.driver.toUpperCase()]));
  }

  knob(input, k, n) {
    const alone = n === 1, cx = alone ? 95 : 66 + 72 * (k % 2), r = alone ? 55 : n > 4 ? 20 : 30;
    const cy = alone ? 285 : 205 + (n > 4 ? 54 : 105) * (k >> 1), channel = /CH(\d)/.exec(input.where), [name] = /GPIO\d+/.exec(input.where) ?? [];
    if (channel && this.power) {
      const y = 215 + 20 * Number(channel[1]);
      if (alone) {
        this.wire(`M${cx + 30} 238 V184 H305 V215`, RED, "from 3V3 to the knob's right leg", 'leg to 3V3 loose', [215, 184]);
        this.wire(`M${cx - 30} 238 V160 H319 V255`, BLACK, "from GND to the knob's left leg", 'leg to GND loose', [215, 160]);
        this.wire(`M${cx} 232 V208 H190 V${y} H205`, '#b8a700', "from the knob's middle leg to the chip", 'middle leg loose', [160, 208]);
      } else this.wire(`M${cx} ${cy - r} V${cy - r - 6} H${182 + 2 * k} V${y} H205`, '#b8a700', `of ${input.name}`, 'middle leg loose');
    } else if (name) { // round the other knobs and over the chip
      this.wire(`M${cx - r} ${cy} H${cx - r - 6} V${145 + 5 * k} H${340 + 6 * (k % 6)} ${this.at(header(name), WIRES[k % 6], name)}`, WIRES[k % 6], input.name);
    }
    return new Knob(this.shared, input, { cx, cy, r, n });
  }

  lamp(output, k, n) {
    const cx = n === 1 ? 95 : 62 + 210 * k / (n - 1), r = n > 4 ? 13 : 20, cy = 84, [name, ...more] = output.pin.match(/GPIO\d+/g) ?? [];
    const stroke = WIRES[k % 6], lane = 124 + 6 * k;
    if (name) {
      for (const other of more) this.at(header(other), stroke, other);
      this.wire(`M${cx + 8} ${cy} V${lane} H${334 + 3 * (k % 8)} ${this.at(header(name), stroke, name)}`, stroke, name);
      this.wire(`M${cx - 8} ${cy} V50 H319 V79${this.power ? '' : ` ${this.at(6, BLACK, 'GND')}`}`, BLACK, 'GND');
    }
    const g = svg('g', { class: 'led', 'data-output': output.name }, [svg('title', {}, [`${output.name}, ${output.driver}, ${output.pin}`])]);
    if (output.driver === 'pulse' || output.driver === 'bar') {
      g.append(svg('circle', { class: 'halo', cx, cy, r: r * 2 }), svg('circle', { class: 'bulb', cx, cy, r }));
    } else g.append(svg('rect', { class: 'bulb', x: cx - r, y: cy - r, width: 2 * r, height: 2 * r, rx: 4 }));
    $('drawing').append(g, svg('text', { class: n === 1 ? '' : 'middle small', x: n === 1 ? cx + 46 : cx, y: n === 1 ? cy + 5 : 38 }, [n === 1 ? `${output.name}, ${output.pin}` : output.name]));
    return g;
  }

  // holes are the header's pins in use, over the ends of the wires.
  holes() {
    const rows = new Map();
    for (const [pin, { stroke, label }] of [...this.used].sort(([a], [b]) => a - b)) {
      const { x, y } = place(pin);
      $('drawing').append(svg('circle', { cx: x, cy: y, r: 8, fill: stroke, stroke: 'var(--panel)', 'stroke-width': 2 }));
      rows.set(y, rows.has(y) ? `${rows.get(y)}, ${label.replace('GPIO', '')}` : label);
    }
    for (const [y, label] of rows) $('drawing').append(svg('text', { class: 'small', x: 442, y: y + 5 }, [label]));
    $('drawing').append(svg('text', { class: 'small end', x: 518, y: 14 }, ['header, pin 1 on top']));
  }

  light(k, on) { this.lamps[k].classList.toggle('on', on); }

  frame() {
    if (!this.lamps || this.shared.hello.outputs.length > 32) return;
    this.lamps.forEach((_, k) => this.light(k, Boolean((this.shared.columns.outputs >>> k) & 1)));
  }

  status() {
    const { status } = this.shared;
    if (!status || !this.knobs) return;
    status.inputs.forEach((s, k) => this.knobs[k]?.status(s));
    for (const { g, fault } of this.wires) {
      const out = Boolean(fault) && status.fault === fault;
      g.classList.toggle('out', out);
      if (g.hasAttribute('role')) g.setAttribute('aria-pressed', out);
    }
    if (document.activeElement !== $('fault')) $('fault').value = status.fault;
    this.say(status);
  }

  // say shows what the doctor found, and where nothing failed what the parts say of themselves.
  say(status) {
    const found = status.doctor ?? [], said = found.map((d) => [`${d.check}: ${d.seen}`, d.means, d.do]);
    if (!found.some((d) => d.result === 'failed')) {
      for (const s of [...status.inputs, ...status.outputs]) {
        const what = new Set([s.state === 'ok' ? '' : s.state, s.note, s.fault].filter(Boolean));
        if (what.size && !found.some((d) => d.check === s.name)) said.push([`${s.name}: ${[...what].join(', ')}`]);
      }
    }
    const text = JSON.stringify(said);
    if (text === this.said) return;
    this.said = text;
    $('doctor').replaceChildren(...said.map((lines) => {
      const p = document.createElement('p');
      p.append(...lines.filter(Boolean).map((line) => { const span = document.createElement('span'); span.textContent = line; return span; }));
      return p;
    }));
  }
}
