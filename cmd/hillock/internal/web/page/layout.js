// The places of a kit's parts and wires. From the left: knobs and LEDs; channel A; chips, modules and resistors; channel B;
// the Pi's header. In a channel the wires of a net run up and down in one lane. A net of both channels passes between two
// parts in the middle. Wires of the header lie on the rows of a grid. All others lie half a row beside them, so that no two
// lie on each other.
import { lanes } from './lanes.js';

const ROW = 10, LANE = 10; // from one to the next
const TALL = 39; // rows of the header
const NEAR = 4; // from a part of the left to channel A
export const HALO = 1.6; // an LED's light, in parts of its radius
const TRIED = [0, 1, -1, 2, -2, 3, -3, 4, -4]; // rows from the header's best place, for fewer crossings

const key = ({ part, pin }) => `${part}.${pin ?? 0}`;

// layout gives each part its place and each wire its path. measure returns the width of a text in letters of a size.
export function layout(kit, measure) {
  const plans = TRIED.map((shift) => route(kit, measure, shift));
  return plans.reduce((best, plan) => (plan.cost < best.cost ? plan : best));
}

function route(kit, measure, shift) {
  const bare = kit.wires.length === 0; // without a header LEDs take the place of chips
  const parts = kit.parts.map((part) => ({ part, column: part.kind === 'knob' || (part.kind === 'led' && !bare) ? 'left' : 'middle', pins: new Map() }));
  const sizes = left(parts, measure), middle = middles(parts, kit, measure);
  const rows = stack(parts, kit), head = header(parts, kit, rows, shift);
  const nets = netsOf(kit, parts, head);
  passages(nets, parts, rows);

  const a = lanes(nets.map((n) => n.a)), b = lanes(nets.map((n) => n.b));
  const x = { a: sizes.width };
  x.middle = x.a + LANE * (a.count + 1) + 6;
  x.b = x.middle + middle;
  x.odd = x.b + LANE * (b.count + 1) + 22;
  for (const p of parts) {
    const { kind } = p.part;
    if (p.column === 'middle') p.x = x.middle + middle / 2;
    else p.x = x.a - NEAR - (kind === 'knob' ? sizes.knob / 2 : HALO * p.r);
    for (const pin of p.pins.values()) {
      pin.x = p.column === 'middle' ? p.x + (pin.right ? 1 : -1) * p.w / 2 : p.x + Math.sqrt(Math.max(0, p.r ** 2 - (pin.y - p.y) ** 2)) - 3;
    }
  }
  for (const pin of head.pins.values()) pin.x = x.odd + (pin.even ? 26 : 0);
  for (const n of nets) {
    n.a.x = x.a + LANE * (n.a.lane + 1);
    n.b.x = x.b + LANE * (n.b.lane + 1);
  }
  const ys = nets.map((n) => n.row).filter((row) => row !== undefined);
  const top = Math.min(0, ...ys.map((y) => y - ROW), ...(bare ? [] : [head.y - 36]));
  const bottom = Math.max(rows * ROW, ...ys.map((y) => y + ROW), ...(bare ? [] : [head.y + (TALL - 1) * ROW + 20]));
  const right = bare ? Math.max(340, x.b) : x.odd + 46 + Math.max(62, ...head.labels.map((l) => measure(l.text, 17)));
  return {
    parts, knobs: sizes, bare, head: { ...head, x: x.odd }, nets: nets.map((n) => drawn(n, head)), box: [-8, top, right + 8, bottom - top],
    cost: a.cost + b.cost + (a.count + b.count) / 2 + Math.abs(shift) / 2,
  };
}

// left gives knobs and LEDs their size: the fewer, the larger. The LEDs of a bar are small.
function left(parts, measure) {
  const knobs = parts.filter((p) => p.part.kind === 'knob'), leds = parts.filter((p) => p.part.kind === 'led');
  const ofBar = (p) => leds.some((q) => q !== p && q.part.output === p.part.output), alone = leds.filter((p) => !ofBar(p)).length;
  const beside = knobs.length > 4, r = [0, 62, 44, 36, 36][knobs.length] ?? 24, knob = beside ? 2 * r : Math.max(2 * r, 96);
  for (const p of knobs) Object.assign(p, { r, rows: Math.ceil((2 * r + (beside ? 10 : knobs.length === 1 ? 72 : 46)) / ROW), leg: (beside ? 1 : 2) * ROW });
  for (const p of leds) [p.r, p.rows] = (!ofBar(p) && [0, [28, 9], [22, 7], [18, 6], [18, 6]][alone]) || [12, 4];
  const width = Math.max(knobs.length ? knob + (beside ? 92 : 10) : 0, ...leds.map((p) => 2 * HALO * p.r + Math.min(110, measure(p.part.label, 16)) + 12));
  return { width: width + NEAR, knob, knobs: knobs.length, beside };
}

// middles gives the parts of the middle their size, and each pin its side. It returns the column's width.
function middles(parts, kit, measure) {
  const wired = (end) => kit.wires.filter((w) => key(w.from) === key(end) || key(w.to) === key(end));
  const onLeft = new Set(parts.filter((p) => p.column === 'left').map((p) => p.part.ref));
  let width = kit.wires.length ? 0 : 200;
  for (const p of parts.filter((q) => q.column === 'middle' && q.part.kind !== 'led')) {
    const { ref, kind, pins, model } = p.part, ends = pins.map((_, k) => wired({ part: ref, pin: k + 1 }));
    const sides = [[], []], add = (right, k) => sides[right].push({ pin: k + 1, name: pins[k], used: ends[k].length > 0 });
    if (kind === 'chip') {
      for (let k = 0; k < pins.length / 2; k++) { add(0, k); add(1, pins.length - 1 - k); }
    } else if (kind === 'module') {
      pins.forEach((_, k) => add(Number(ends[k].some((w) => w.from.part === ref)), k));
    } else { // to the header on the right, or else from a knob or a rail on the left
      const out = ends.findIndex((wires) => wires.some((w) => w.to.part === 'header'));
      const into = ends.findIndex((wires) => wires.some((w) => onLeft.has(w.from.part) || !w.to.pin));
      const first = out >= 0 ? 1 - out : Math.max(0, into);
      add(0, first);
      add(1, 1 - first);
    }
    p.sides = sides;
    const high = Math.max(sides[0].length, sides[1].length);
    const wide = (s) => Math.max(0, ...s.map((pin) => measure(pin.name, 15)));
    if (kind === 'chip' || kind === 'module') {
      p.rows = 2 * high + 3;
      p.w = Math.max(wide(sides[0]) + wide(sides[1]) + 16, kind === 'chip' ? 90 : 104) + 12; // with legs
    } else Object.assign(p, { rows: 3, w: Math.max(66, measure(model, 14) + 12) });
    width = Math.max(width, p.w, measure(`${ref} ${model}`, 15));
  }
  return width;
}

// stack puts groups below each other, with the uppermost header pins first. A group of the left column alone may stand beside
// a group of the middle alone.
function stack(parts, kit) {
  const groups = new Map(), bottoms = { left: 0, middle: 0 };
  for (const p of parts) groups.set(p.part.group, [...(groups.get(p.part.group) ?? []), p]);
  const first = (group) => Math.min(99, ...kit.wires.filter((w) => w.to.part === 'header' && group.some((p) => p.part.ref === w.from.part)).map((w) => w.to.pin));
  const height = (column) => column.reduce((sum, p) => sum + p.rows, 0);
  for (const group of [...groups.values()].sort((g, h) => first(g) - first(h))) {
    const columns = { left: group.filter((p) => p.column === 'left'), middle: group.filter((p) => p.column === 'middle') };
    const used = Object.keys(columns).filter((c) => columns[c].length), top = Math.max(...used.map((c) => bottoms[c]));
    const rows = Math.max(...used.map((c) => height(columns[c])));
    for (const c of used) {
      let row = top + Math.floor((rows - height(columns[c])) / 2);
      for (const p of columns[c]) { p.top = row; row += p.rows; }
      bottoms[c] = top + rows + (rows > 3 || c === 'left' ? 1 : 0);
    }
  }
  for (const p of parts) pinned(p);
  for (const w of kit.wires) align(parts, w);
  return Math.max(bottoms.left, bottoms.middle);
}

// pinned gives each pin of a part its height.
function pinned(p) {
  const { kind, pins } = p.part, top = p.top * ROW, put = (pin, y, right) => p.pins.set(pin, { y, right });
  if (kind === 'knob') {
    p.y = top + p.r + ROW - ((top + p.r) % ROW);
    if (pins.length) [p.y + p.leg, p.y, p.y - p.leg].forEach((y, k) => put(k + 1, y));
  } else if (kind === 'led') {
    p.y = top + p.rows * ROW / 2;
    const apart = p.rows % 2 ? ROW : ROW / 2;
    if (pins.length) { put(1, p.y - apart); put(2, p.y + apart); }
  } else if (kind === 'chip' || kind === 'module') {
    p.y = top + 2.5 * ROW; // of the body
    p.h = (p.rows - 3) * ROW;
    p.sides.forEach((s, right) => s.forEach((pin, k) => put(pin.pin, p.y + ROW * (2 * k + 1), right)));
  } else {
    p.y = top + 1.5 * ROW;
    p.sides.forEach((s, right) => s.forEach((pin) => put(pin.pin, p.y, right)));
  }
}

// align puts a resistor level with its LED's leg.
function align(parts, { from, to }) {
  const led = parts.find((p) => p.part.ref === from.part && p.part.kind === 'led'), other = parts.find((p) => p.part.ref === to.part);
  if (!led || other?.part.kind !== 'resistor') return;
  other.y = led.pins.get(from.pin).y;
  other.top = Math.round(other.y / ROW - 1.5);
  for (const pin of other.pins.values()) pin.y = other.y;
}

// header puts the header level with its wires, as far as the height of the parts has room for it.
function header(parts, kit, bottom, shift) {
  const wires = kit.wires.filter((w) => w.to.part === 'header'), pinOf = (end) => parts.find((p) => p.part.ref === end.part)?.pins.get(end.pin);
  const off = wires.map((w) => pinOf(w.from) && pinOf(w.from).y - ROW * (w.to.pin - 1)).filter(Number.isFinite);
  const mean = off.length ? off.reduce((s, y) => s + y, 0) / off.length : 0;
  const spare = (bottom - TALL) * ROW, y = ROW * (shift + Math.round(Math.min(Math.max(mean, Math.min(0, spare)), Math.max(0, spare)) / ROW));
  const pins = new Map(), rows = new Map();
  for (let pin = 1; pin <= 40; pin++) {
    const even = pin % 2 === 0, at = y + 2 * ROW * ((pin - 1) >> 1), text = kit.header[pin];
    pins.set(pin, { even, dot: at, y: even ? at + ROW : at, color: wires.find((w) => w.to.pin === pin)?.color });
    const before = rows.get(at); // on the same row: GPIO23, 24
    if (text) rows.set(at, before ? `${before}, ${before.startsWith('GPIO') ? text.replace('GPIO', '') : text}` : text);
  }
  return { y, pins, labels: [...rows].map(([at, text]) => ({ y: at, text })) };
}

// netsOf are the sets of joined pins, with their branches to the left and the right of each channel.
function netsOf(kit, parts, head) {
  const net = new Map(), byRef = new Map(parts.map((p) => [p.part.ref, p]));
  for (const w of kit.wires) {
    const one = net.get(key(w.from)) ?? { wires: [], ends: new Set() }, other = net.get(key(w.to)) ?? one;
    const all = one === other ? one : { wires: [...one.wires, ...other.wires], ends: new Set([...one.ends, ...other.ends]) };
    all.wires.push(w);
    all.ends.add(key(w.from)).add(key(w.to));
    for (const end of all.ends) net.set(end, all);
  }
  for (const n of new Set(net.values())) {
    n.a = { left: [], right: [] };
    n.b = { left: [], right: [] };
    n.at = new Map();
    for (const w of n.wires) for (const end of [w.from, w.to]) {
      if (n.at.has(key(end))) continue;
      const p = byRef.get(end.part), pin = end.part === 'header' ? head.pins.get(end.pin) : p?.pins.get(end.pin);
      const [channel, branch] = end.part === 'header' ? ['b', 'right'] : p?.column === 'left' ? ['a', 'left'] : pin?.right ? ['b', 'left'] : ['a', 'right'];
      n.at.set(key(end), pin && { pin, channel });
      if (pin) n[channel][branch].push(pin.y);
    }
  }
  return [...new Set(net.values())];
}

// passages finds for each net of both channels its row through the middle, with the shortest way up and down.
function passages(nets, parts, rows) {
  const span = (ys) => Math.max(...ys) - Math.min(...ys), taken = new Set();
  const blocked = (y) => parts.some((p) => p.column === 'middle' && p.top * ROW <= y && y <= (p.top + p.rows) * ROW);
  for (const n of nets) {
    const a = [...n.a.left, ...n.a.right], b = [...n.b.left, ...n.b.right];
    if (!a.length || !b.length) continue;
    const others = new Set(nets.filter((m) => m !== n).flatMap((m) => m.a.left));
    let least = Infinity;
    for (let y = -20.5 * ROW; y < (rows + 20) * ROW; y += ROW) {
      if (taken.has(y) || blocked(y) || others.has(y)) continue;
      const way = span([...a, y]) + span([...b, y]) + 4 * Math.max(0, -y, y - rows * ROW);
      if (way < least) { least = way; n.row = y; }
    }
    taken.add(n.row);
    n.a.right.push(n.row);
    n.b.left.push(n.row);
  }
}

// drawn is a net with the paths of its wires and the dots at their joints.
function drawn(n, head) {
  const color = n.wires.find((w) => w.color)?.color, turn = (t, y) => (t.lane >= 0 ? `H${t.x} V${y} ` : '');
  const home = ({ pin }) => (pin.even ? `H${pin.x} V${pin.dot}` : `H${pin.x}`);
  const wires = n.wires.map((wire) => {
    const from = n.at.get(key(wire.from)), to = n.at.get(key(wire.to));
    if (!from) return { wire, d: rail(n, to) };
    const t = n[from.channel], out = (from.pin.x < t.x ? 1 : -1) * 11;
    let d = `M${from.pin.x} ${from.pin.y} `;
    if (!to) d += `H${t.x}`;
    else if (from.channel === to.channel) d += turn(t, to.pin.y) + home(to);
    else if (from.channel === 'a') d += turn(n.a, n.row) + turn(n.b, to.pin.y) + home(to);
    else d += turn(n.b, n.row) + turn(n.a, to.pin.y) + home(to);
    // other is the wire from a chip in another hole of the header.
    const other = wire.to.part === 'header' && from.channel === 'b' && ((pin) => {
      const end = { pin: head.pins.get(pin) };
      return { path: `M${from.pin.x} ${from.pin.y} H${t.x} V${end.pin.y} ${home(end)}`, x: end.pin.x, y: end.pin.dot };
    });
    return { wire, d, other, cross: [from.pin.x + out, from.pin.y] };
  });
  const joints = [n.a, n.b].filter((t) => t.lane >= 0).flatMap((t) => {
    const ys = [...t.left, ...t.right], top = Math.min(...ys), bottom = Math.max(...ys);
    return [...new Set(ys)].filter((y) => (y !== top && y !== bottom) || ys.filter((z) => z === y).length > 1).map((y) => ({ x: t.x, y }));
  });
  return { wires, joints: [...n.a.left, ...n.a.right, ...n.b.left, ...n.b.right].length > 2 ? joints : [], color };

  // rail is the path of a rail: both its lanes, the passage between them, and on to the header.
  function rail(net, to) {
    const lane = (t) => { const ys = [...t.left, ...t.right]; return ys.length ? `M${t.x} ${Math.min(...ys)} V${Math.max(...ys)} ` : ''; };
    const pass = net.row === undefined ? '' : `M${net.a.x} ${net.row} H${net.b.x} `;
    return `${lane(net.a)}${lane(net.b)}${pass}M${net.b.x} ${to.pin.y} ${home(to)}`;
  }
}
