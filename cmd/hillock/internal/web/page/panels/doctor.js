// The findings of the doctor. Without a failure, also the notes of the parts.
import { $ } from '../show.js';

export default class Doctor {
  static place = 'told';
  static html = '<div id="doctor" role="status"></div>';

  constructor(shared) { this.shared = shared; }

  status() {
    const { status } = this.shared;
    const found = status.doctor ?? [], said = found.map((d) => [`${d.check}: ${d.seen}`, d.do, d.means]); // the remedy is in view without scrolling
    if (!found.some((d) => d.result === 'failed')) {
      for (const s of [...status.inputs, ...status.outputs]) {
        const what = new Set([s.state === 'ok' ? '' : s.state, s.note, s.fault].filter(Boolean));
        if (what.size && !found.some((d) => d.check === s.name)) said.push([`${s.name}: ${[...what].join(', ')}`]);
        if (s.lit) said.push([s.lit, 'use a shorter pulse (width) or a lower speed']);
      }
    }
    const text = JSON.stringify(said);
    if (text === this.said) return;
    this.said = text;
    $('hint').hidden = said.length > 0;
    $('doctor').replaceChildren(...said.map((lines) => {
      const p = document.createElement('p');
      p.append(...lines.filter(Boolean).map((line) => { const span = document.createElement('span'); span.textContent = `${line} `; return span; }));
      return p;
    }));
  }
}
