import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layout } from '../page/layout.js';

const measure = (text, size) => text.length * size * 0.6;
const header = (pin) => ({ part: 'header', pin });

// kit is an LED with its resistor at GPIO17, and a chip with one knob.
function kit() {
  const pin = (part, n) => ({ part, pin: n });
  const wire = (from, to, color = '#cc0000') => ({ from, to, color, name: `${from.part} to ${to.part}` });
  return {
    parts: [
      { ref: 'D1', kind: 'led', model: '', pins: ['anode', 'cathode'], group: 0, label: 'led', output: 'led' },
      { ref: 'R1', kind: 'resistor', model: '330 Ohm', pins: ['1', '2'], group: 0 },
      { ref: 'IC1', kind: 'chip', model: 'MCP3002', pins: ['CS', 'CH0', 'CH1', 'VSS', 'DIN', 'DOUT', 'CLK', 'VDD'], group: 1 },
      { ref: 'P1', kind: 'knob', model: '', pins: ['1', '2', '3'], group: 1, label: 'knob', input: 'knob' },
    ],
    wires: [
      wire(pin('D1', 1), pin('R1', 1)), wire(pin('R1', 2), header(11)), wire(pin('D1', 2), header(6), '#000000'),
      wire(pin('IC1', 1), header(24)), wire(pin('IC1', 5), header(19)), wire(pin('IC1', 6), header(21)), wire(pin('IC1', 7), header(23)),
      wire(pin('IC1', 8), header(1)), wire(pin('IC1', 4), header(6), '#000000'), wire(pin('P1', 2), pin('IC1', 2)),
      wire(pin('P1', 3), header(1)), wire(pin('P1', 1), header(6), '#000000'),
    ],
    header: { 1: '3V3', 6: 'GND', 11: 'GPIO17', 19: 'MOSI', 21: 'MISO', 23: 'SCLK', 24: 'CE0' },
  };
}

// ends are the first and the last point of a path of M, H and V.
function ends(d) {
  let x = 0, y = 0, first = null;
  for (const [, command, a, b] of d.matchAll(/([MHV])(-?[\d.]+) ?(-?[\d.]+)?/g)) {
    if (command === 'H') x = Number(a);
    else if (command === 'V') y = Number(a);
    else [x, y] = [Number(a), Number(b)];
    first ??= [x, y];
  }
  return [first, [x, y]];
}

test('each wire goes from its pin to its pin', () => {
  const plan = layout(kit(), measure), parts = new Map(plan.parts.map((p) => [p.part.ref, p]));
  const drawn = plan.nets.flatMap((n) => n.wires);
  assert.equal(drawn.length, kit().wires.length);
  const place = ({ part, pin }) => {
    const at = part === 'header' ? plan.head.pins.get(pin) : parts.get(part).pins.get(pin);
    return part === 'header' ? [at.x, at.even ? at.dot : at.y] : [at.x, at.y];
  };
  for (const { wire, d } of drawn) {
    assert.doesNotMatch(d, /NaN|undefined|Infinity/, wire.name);
    assert.deepEqual(ends(d), [place(wire.from), place(wire.to)], `${wire.name}: ${d}`);
  }
});

test('no two parts of a column overlap, and all of them are in the box', () => {
  const plan = layout(kit(), measure), [, top, , height] = plan.box;
  for (const p of plan.parts) {
    assert.ok(p.top * 10 >= top && (p.top + p.rows) * 10 <= top + height, `${p.part.ref} is outside`);
    for (const q of plan.parts) {
      if (p === q || p.column !== q.column) continue;
      assert.ok(p.top + p.rows <= q.top || q.top + q.rows <= p.top, `${p.part.ref} lies on ${q.part.ref}`);
    }
  }
});

test('a resistor is level with the leg of its LED', () => {
  const { parts } = layout(kit(), measure), [led, resistor] = ['D1', 'R1'].map((ref) => parts.find((p) => p.part.ref === ref));
  assert.equal(resistor.y, led.pins.get(1).y);
});

test('a kit without wires has no header', () => {
  const plan = layout({ parts: [{ ref: 'output led', kind: 'led', pins: [], group: 0, label: 'led', output: 'led' },
    { ref: 'input knob', kind: 'knob', pins: [], group: 1, label: 'knob', input: 'knob' }], wires: [], header: {} }, measure);
  assert.ok(plan.bare);
  assert.deepEqual(plan.nets, []);
  assert.ok(plan.parts.every((p) => Number.isFinite(p.x) && Number.isFinite(p.y)));
});

test('an empty kit is an empty board', () => {
  const plan = layout({ parts: [], wires: [], header: {} }, measure);
  assert.deepEqual([plan.parts, plan.nets], [[], []]);
  assert.ok(plan.box.every(Number.isFinite));
});

test('pins of one row share a label', () => {
  const two = kit();
  two.parts.push({ ref: 'D2', kind: 'led', model: '', pins: ['anode', 'cathode'], group: 2, label: 'second', output: 'second' });
  two.wires.push({ from: { part: 'D2', pin: 1 }, to: header(16), color: '#00aa00', name: 'D2 to GPIO23' }, { from: { part: 'D2', pin: 2 }, to: header(18), color: '#00aa00', name: 'D2 to GPIO24' });
  Object.assign(two.header, { 15: 'GPIO22', 16: 'GPIO23' });
  const texts = layout(two, measure).head.labels.map((l) => l.text);
  assert.ok(texts.includes('GPIO22, 23'), texts.join('; '));
});
