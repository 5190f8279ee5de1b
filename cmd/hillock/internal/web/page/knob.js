// A knob of the board. Mouse, touch, wheel and keys turn the virtual Pi's knob. A real knob shows its position.
import { $, number } from './show.js';
import { fit, measure, svg } from './svg.js';

const HALF = 135; // degrees from the middle to an end
const MINE = 700; // ms during which a knob turned on this page keeps its own position
const WHOLE = 200; // px of a drag from one end to the other
const NOTCH = 100; // px of a wheel's notch: one percent
const LINE = 33, SCREEN = 800; // px of a line and of a screen, for a wheel in such units

// A Turning has a position from 0 to 1 that a hand changes. show draws it.
export class Turning {
  constructor(shared, input) {
    Object.assign(this, { shared, input, position: 0, mine: -Infinity, turnable: Boolean(input?.turnable && shared.hello.may_change) });
  }

  // describe says what g is, to screen readers.
  describe(g) {
    const { input } = this;
    const meaning = { role: this.turnable ? 'slider' : 'meter', 'aria-label': `knob ${input.name}`, 'aria-valuemin': input.low, 'aria-valuemax': input.high, 'data-input': input.name };
    for (const [key, value] of Object.entries(meaning)) g.setAttribute(key, value);
    if (this.turnable) this.operate(g);
  }

  // operate makes the knob turnable. Dragging up always gives more: an angle would jump near the knob's middle.
  operate(g) {
    g.setAttribute('tabindex', 0);
    let last = 0, exact = 0;
    g.onpointerdown = (e) => { g.setPointerCapture(e.pointerId); last = e.clientY; exact = this.position; };
    g.onpointermove = (e) => {
      if (!g.hasPointerCapture(e.pointerId)) return;
      exact = Math.min(1, Math.max(0, exact + (last - e.clientY) / WHOLE));
      last = e.clientY;
      this.turn(exact);
    };
    g.addEventListener('touchstart', (e) => e.preventDefault(), { passive: false }); // the page must not scroll: touch-action has no effect in a drawing
    g.addEventListener('wheel', (e) => {
      if (e.ctrlKey) return; // it zooms the page
      e.preventDefault();
      this.turn(this.position - e.deltaY * [1, LINE, SCREEN][e.deltaMode] / NOTCH / 100);
    }, { passive: false });
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
    if (s.knob !== null) this.show(s.knob); // a loose wire changes the reading, not the knob's position
    else if (s.state === 'ok') this.show(s.position);
  }

  // value says the position at g, and returns the current or the gain there.
  value(g) {
    const { input, position } = this, value = input.low + (input.high - input.low) * position;
    g.setAttribute('aria-valuenow', value.toFixed(3));
    g.setAttribute('aria-valuetext', `${number(value, 2)} ${input.unit === 'nA' ? 'nanoampere' : 'times the weight'}, ${Math.round(100 * position)} percent`);
    return value;
  }
}

export class Knob extends Turning {
  // The second knob of a pair of channels has no input: it is drawn and does nothing.
  constructor(shared, input, { x: cx, y: cy, r, part }, { knobs, beside }) {
    super(shared, input);
    const alone = knobs === 1;
    Object.assign(this, { cx, cy, r });
    this.arc = svg('path', { class: 'arc' });
    this.mark = svg('line', { class: 'mark', x1: cx, x2: cx, y1: cy - r * 0.3, y2: cy - r * 0.68 });
    this.g = svg('g', { class: `knob${this.turnable ? ' turnable' : ''}` }, [
      svg('circle', { class: 'rim', cx, cy, r }), this.arc, svg('circle', { class: 'cap', cx, cy, r: r * 0.76 }), this.mark]);
    this.text = svg('text', { class: `${alone ? 'large' : 'strong'} ${beside ? 'end' : 'middle'}`, x: beside ? cx - r - 8 : cx, y: beside ? cy - 2 : cy + r + (alone ? 32 : 17) });
    const name = { class: `small ${beside ? 'end' : 'middle'}`, x: this.text.getAttribute('x'), y: beside ? cy + 16 : cy + r + (alone ? 53 : 34) };
    $('drawing').append(this.g, this.text, fit(input?.name ?? part.label, beside ? 80 : Math.max(2 * r, 96), 15, name));
    if (!input) return;
    this.describe(this.g);
    if (alone && measure(`${input.low}${input.high}`, 15) < r) { // the ends of a recording are too long
      $('drawing').append(svg('text', { class: 'small end', x: cx - r * 0.7, y: cy + r + 4 }, [String(input.low)]),
        svg('text', { class: 'small', x: cx + r * 0.7, y: cy + r + 4 }, [String(input.high)]));
    }
    this.show(0);
  }

  status(s) {
    super.status(s);
    if (performance.now() - this.mine >= MINE && this.input.unit === 'nA') this.text.textContent = `${number(s.current, 2)} nA`;
  }

  show(position) {
    this.position = position;
    const { cx, cy, r, input } = this, turned = HALF * (2 * position - 1), value = this.value(this.g);
    this.mark.setAttribute('transform', `rotate(${turned} ${cx} ${cy})`);
    const point = (degrees) => { const a = degrees * Math.PI / 180; return `${cx + r * 0.88 * Math.sin(a)} ${cy - r * 0.88 * Math.cos(a)}`; };
    this.arc.setAttribute('d', `M${point(-HALF)} A${r * 0.88} ${r * 0.88} 0 ${position > 2 / 3 ? 1 : 0} 1 ${point(turned)}`);
    this.text.textContent = `${number(value, 2)} ${input.unit}`;
  }
}
