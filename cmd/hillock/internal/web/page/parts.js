// The drawings of the board's parts, except knobs.
import { fit, svg } from './svg.js';
import { HALO } from './layout.js';

const units = (text) => text.replace(/ (k?)Ohm/, ' $1Ω').replace(/ uF/, ' µF');

export function draw(p, output) {
  switch (p.part.kind) {
    case 'led': return led(p, output);
    case 'chip': case 'module': return block(p, output);
    default: return small(p);
  }
}

function led(p, output) {
  const { x, y, r } = p, g = svg('g', { class: 'led', 'data-output': p.part.output ?? '' }, [
    svg('title', {}, [output ? `${output.name}, ${output.driver}, ${output.pin}` : p.part.label]),
    svg('circle', { class: 'halo', cx: x, cy: y, r: HALO * r }), svg('circle', { class: 'bulb', cx: x, cy: y, r })]);
  return [g, fit(p.part.label, Math.min(110, x - HALO * r - 6), 16, { class: 'end', x: x - HALO * r - 4, y: y + 5 })];
}

// block is a chip or a module with the names of its pins. The names of unwired pins are pale.
function block(p, output) {
  const { x, y, w, h, part } = p, edge = w / 2 - 6, module = part.kind === 'module';
  const g = svg('g', { class: module ? 'module' : 'chip' }, [svg('title', {}, [`${part.ref} ${part.model}, ${part.label}`])]);
  p.sides.forEach((pins, right) => pins.forEach(({ pin, name, used }) => {
    const at = p.pins.get(pin).y, out = right ? 1 : -1;
    g.append(svg('rect', { class: 'leg', x: right ? x + edge : x - edge - 6, y: at - 3, width: 6, height: 6 }));
    g.append(svg('text', { class: `pin-name${right ? ' end' : ''}${used ? '' : ' idle'}`, x: x + out * (edge - 5), y: at + 5 }, [name]));
  }));
  g.prepend(svg('rect', { class: 'body', x: x - edge, y, width: 2 * edge, height: h, rx: 4 }));
  if (!module) g.append(svg('path', { class: 'notch', d: `M${x - 6} ${y} a6 6 0 0 0 12 0` }));
  g.append(...face(output, { x: x - edge + 8, y: y + 8, h: h - 16 }));
  return [g, svg('text', { class: 'model middle', x, y: y - 7 }, [`${part.ref} ${part.model}`])];
}

// face is the visible side of a strip or a display.
function face(output, { x, y, h }) {
  if (output?.driver === 'apa102') return Array.from({ length: output.lamps }, (_, k) => svg('rect', { class: 'pixel', x, y: y + h * k / 4 + 2, width: 12, height: h / 4 - 4, rx: 2 }));
  if (output?.driver !== 'oled') return [];
  const at = (k, v) => `${x + 4 + k * 8} ${y + h * (0.85 - 0.6 * v)}`;
  return [svg('rect', { class: 'screen', x, y, width: 50, height: h }),
    svg('path', { class: 'trace', d: `M${at(0, 0)} L${at(2, 0.9)} V${y + h * 0.85} L${at(4, 0.9)} V${y + h * 0.85} L${at(5, 0.6)}` })];
}

// small is a part with two legs.
function small({ x, y, w, part }) {
  return [svg('g', { class: part.kind }, [svg('title', {}, [`${part.ref}, ${units(part.model)}, ${part.label}`]),
    svg('rect', { class: 'body', x: x - w / 2, y: y - 8, width: w, height: 16, rx: part.kind === 'capacitor' ? 8 : 3 }),
    svg('text', { class: 'value middle', x, y: y + 5 }, [units(part.model)])])];
}
