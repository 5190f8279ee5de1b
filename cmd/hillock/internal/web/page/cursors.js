// Two cursors over the scope. Each reads the time and the potential at its place.
import { VLAST } from './columns.js';
import { $, number } from './show.js';

export class Cursors {
  constructor(scope) {
    this.scope = scope;
    this.at = { a: 0.3, b: 0.6 }; // of the plot's width
    $('cursors').onclick = () => {
      const on = $('cursors').getAttribute('aria-pressed') !== 'true';
      $('cursors').setAttribute('aria-pressed', on);
      for (const id of ['cursor-a', 'cursor-b']) $(id).hidden = !on;
      $('reading').classList.toggle('away', !on);
      scope.wanted = true;
    };
    for (const which of ['a', 'b']) this.operate(which, $(`cursor-${which}`));
  }

  operate(which, element) {
    const move = (to) => { this.at[which] = Math.min(1, Math.max(0, to)); this.draw(); };
    element.onpointerdown = (e) => { element.setPointerCapture(e.pointerId); e.preventDefault(); element.focus(); };
    element.onpointermove = (e) => {
      if (!element.hasPointerCapture(e.pointerId)) return;
      const box = this.box(), left = $('plots').getBoundingClientRect().left;
      move((e.clientX - left - box.left) / box.width);
    };
    element.onkeydown = (e) => {
      const steps = { ArrowLeft: -0.005, ArrowDown: -0.005, ArrowRight: 0.005, ArrowUp: 0.005, PageUp: 0.05, PageDown: -0.05 };
      const to = { Home: 0, End: 1 }[e.key] ?? (e.key in steps ? this.at[which] + steps[e.key] : null);
      if (to === null) return;
      e.preventDefault();
      move(to);
    };
  }

  box() {
    const { left, width } = this.scope.v.bbox;
    return { left: left / devicePixelRatio, width: width / devicePixelRatio };
  }

  // read is the time (ms) from the zero of the screen, and the potential under a cursor (mV).
  read(which) {
    const { from, to, zero } = this.scope.shown, { columns, cell } = this.scope.shared;
    const step = from + this.at[which] * (to - from), k = columns.at(step);
    const v = k < columns.count && columns.start(k) <= step + 1 ? columns.value(k, cell, VLAST) : NaN;
    return { t: (step - zero) * this.scope.dt, v };
  }

  draw() {
    if ($('cursor-a').hidden || !this.scope.shown) return;
    const box = this.box(), read = {};
    for (const which of ['a', 'b']) {
      const element = $(`cursor-${which}`), r = this.read(which);
      read[which] = r;
      element.style.left = `${box.left + this.at[which] * box.width}px`;
      element.setAttribute('aria-valuenow', Math.round(100 * this.at[which]));
      element.setAttribute('aria-valuetext', `${number(r.t, 1)} ms, ${number(r.v, 2)} mV`);
    }
    const { a, b } = read, dt = b.t - a.t, text = (r) => `${number(r.t, 1)} ms, ${number(r.v, 2)} mV`;
    const inverse = dt ? ` (${number(1000 / Math.abs(dt), 1)} Hz)` : '';
    $('reading').textContent = `A ${text(a)} · B ${text(b)} · B − A: ${number(dt, 1)} ms${inverse}, ${number(b.v - a.v, 2)} mV`;
  }
}
