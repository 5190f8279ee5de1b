// The keys of the page, as in the terminal, and their list.
import { $ } from '../show.js';

const LIST = [
  ['← →, ↓ ↑', 'turn the knob by 1 %, by 10 %'], ['Home, End', 'turn the knob to its ends'],
  ['+ −', 'longer, shorter time base'], ['Space, p', 'pause'],
  ['Page Up, Page Down', 'in pause: a screen back and forth'], ['Shift ← →', 'in pause: a tenth of a screen'],
  ['t', 'trigger'], ['c', 'clear the interspike intervals'], ['s', 'slow motion: real time, 10 and 100 times slower'],
  ['x, X', 'the next, the previous fault'], ['f', 'full screen'], ['?', 'this list'],
];
const BUTTONS = { ' ': 'pause', p: 'pause', '+': 'slower', '=': 'slower', '-': 'faster', _: 'faster', t: 'trigger', c: 'forget', f: 'full', '?': 'help' };
const TURNS = { ArrowLeft: 'ArrowLeft', ArrowRight: 'ArrowRight', ArrowUp: 'PageUp', ArrowDown: 'PageDown', Home: 'Home', End: 'End' };
const SLOW = [0.1, 0.01];

export default class Keys {
  static place = 'tools';
  static html = `<button id="help" title="Key ?">Keys</button>
<dialog id="keys" aria-label="Keys"><dl>${LIST.map(([key, what]) => `<dt>${key}</dt><dd>${what}</dd>`).join('')}</dl><button id="keys-close">Close</button></dialog>`;

  constructor(shared) {
    this.shared = shared;
    $('help').onclick = () => ($('keys').open ? $('keys').close() : $('keys').showModal());
    $('keys-close').onclick = () => $('keys').close();
    addEventListener('keydown', (e) => { if (this.press(e)) e.preventDefault(); });
  }

  // press reports whether a key was one of the list. A control with the focus keeps its own keys.
  press(e) {
    const { key, target } = e, moves = key in TURNS || key.startsWith('Page');
    if (!this.shared.hello || e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || ($('keys').open && key !== '?')) return false;
    if (target.closest('select, input:not([type=range])') || (moves && target.closest('input, #told'))) return false;
    if (key === ' ' && target.closest('button, a, [role=button]')) return false;
    if (key in BUTTONS) $(BUTTONS[key]).click();
    else if (key === 's') this.slow();
    else if (key === 'x' || key === 'X') this.fault(key === 'x' ? 1 : -1);
    else return moves && this.move(key, e.shiftKey);
    return true;
  }

  slow() {
    const { loop } = this.shared.hello;
    this.shared.send({ type: 'set', key: 'speed', value: SLOW.find((s) => s < loop.speed * 0.999) ?? 1 });
  }

  fault(by) {
    const { faults, virtual } = this.shared.hello, n = faults.length, k = faults.indexOf(this.shared.status?.fault);
    if (virtual) this.shared.send({ type: 'fault', name: faults[(k + by + n) % n] });
  }

  // move scrolls in pause, and else turns the first knob of the chosen neuron.
  move(key, shift) {
    const { hello, cell, columns, base, paused } = this.shared, back = $('back');
    const screens = key === 'PageUp' || key === 'PageDown' ? 1 : shift && (key === 'ArrowLeft' || key === 'ArrowRight') ? 0.1 : 0;
    if (screens && !paused) return false;
    if (screens) {
      const span = base / hello.loop.dt_ms, screen = back.max * span / Math.max(span, columns.end - columns.begin - span);
      back.value = Number(back.value) + screen * screens * (key === 'PageUp' || key === 'ArrowLeft' ? 1 : -1);
      back.dispatchEvent(new Event('input'));
      return true;
    }
    const knob = [...document.querySelectorAll('.knob[role=slider]')].find((g) => hello.neurons[cell].inputs.includes(g.dataset.input));
    knob?.dispatchEvent(new KeyboardEvent('keydown', { key: TURNS[key] }));
    return Boolean(knob);
  }
}
