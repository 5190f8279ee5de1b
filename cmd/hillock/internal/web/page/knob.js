// A knob of the board: mouse, touch, wheel and keys turn it where it may be turned; a real one shows where it stands.
import { $, number } from './show.js';

export function svg(name, attributes, children = []) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const HALF = 135; // degrees from the middle to an end
const MINE = 700; // ms for which a position of this page's stands before that of the server is shown again

export class Knob {
  constructor(shared, input, { cx, cy, r, n }) {
    const alone = n === 1;
    Object.assign(this, { shared, input, cx, cy, r, position: 0, mine: -Infinity });
    this.turnable = input.turnable && shared.hello.may_change;
    this.arc = svg('path', { class: 'arc' });
    this.mark = svg('line', { class: 'mark', x1: cx, x2: cx, y1: cy - r * 0.3, y2: cy - r * 0.68 });
    this.g = svg('g', { class: `knob${this.turnable ? ' turnable' : ''}`, role: this.turnable ? 'slider' : 'meter', 'aria-label': `knob ${input.name}`,
      'aria-valuemin': input.low, 'aria-valuemax': input.high, 'data-input': input.name }, [
      svg('circle', { class: 'rim', cx, cy, r }), this.arc, svg('circle', { class: 'cap', cx, cy, r: r * 0.76 }), this.mark]);
    this.text = svg('text', { class: alone ? 'large middle' : 'strong middle', x: cx, y: cy + r + (alone ? 36 : 15) });
    $('drawing').append(this.g, this.text);
    if (alone) {
      $('drawing').append(svg('text', { class: 'small middle', x: cx, y: cy + r + 57 }, [input.name]),
        svg('text', { class: 'small end', x: cx - r * 0.75, y: cy + r + 4 }, [String(input.low)]),
        svg('text', { class: 'small', x: cx + r * 0.75, y: cy + r + 4 }, [String(input.high)]));
    } else if (n <= 4) $('drawing').append(svg('text', { class: 'small middle', x: cx, y: cy + r + 31 }, [input.name]));
    if (this.turnable) this.operate();
    this.show(0);
  }

  operate() {
    const g = this.g;
    g.setAttribute('tabindex', 0);
    // angle is that of the pointer about the knob's middle, in degrees from the top.
    const angle = (e) => {
      const box = g.querySelector('.rim').getBoundingClientRect();
      return Math.atan2(e.clientX - box.left - box.width / 2, -(e.clientY - box.top - box.height / 2)) * 180 / Math.PI;
    };
    let before = 0, exact = 0;
    g.onpointerdown = (e) => { g.setPointerCapture(e.pointerId); before = angle(e); exact = this.position; };
    g.onpointermove = (e) => {
      if (!g.hasPointerCapture(e.pointerId)) return;
      const now = angle(e), turn = ((now - before + 540) % 360) - 180;
      before = now;
      exact = Math.min(1, Math.max(0, exact + turn / (2 * HALF)));
      this.turn(exact);
    };
    g.addEventListener('wheel', (e) => { e.preventDefault(); this.turn(this.position - Math.sign(e.deltaY) * 0.01); }, { passive: false });
    g.onkeydown = (e) => {
      const by = { ArrowUp: 0.01, ArrowRight: 0.01, ArrowDown: -0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1 };
      const to = { Home: 0, End: 1 }[e.key] ?? (e.key in by ? this.position + by[e.key] : null);
      if (to === null) return;
      e.preventDefault();
      this.turn(to);
    };
  }

  turn(to) {
    const position = Math.min(1, Math.max(0, to));
    this.mine = performance.now();
    this.show(position);
    this.shared.send({ type: 'turn', input: this.input.name, position });
  }

  status(s) {
    if (performance.now() - this.mine < MINE) return;
    // A wire that is out moves what is measured, not the knob.
    const out = this.shared.status.fault && this.shared.status.fault !== 'none';
    if (s.state === 'ok' && (!out || this.mine === -Infinity)) { this.show(s.position); this.mine = 0; }
    this.text.textContent = `${number(s.current, 2)} nA`;
  }

  show(position) {
    this.position = position;
    const { cx, cy, r, input } = this, turned = HALF * (2 * position - 1), current = input.low + (input.high - input.low) * position;
    this.mark.setAttribute('transform', `rotate(${turned} ${cx} ${cy})`);
    const point = (degrees) => { const a = degrees * Math.PI / 180; return `${cx + r * 0.88 * Math.sin(a)} ${cy - r * 0.88 * Math.cos(a)}`; };
    this.arc.setAttribute('d', `M${point(-HALF)} A${r * 0.88} ${r * 0.88} 0 ${position > 2 / 3 ? 1 : 0} 1 ${point(turned)}`);
    this.text.textContent = `${number(current, 2)} nA`;
    this.g.setAttribute('aria-valuenow', current.toFixed(3));
    this.g.setAttribute('aria-valuetext', `${number(current, 2)} nanoampere, ${Math.round(100 * position)} percent`);
  }
}
