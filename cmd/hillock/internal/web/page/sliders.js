// Sliders for parameters. The server has the values; a moved slider keeps its own for a while.
import { number } from './show.js';

const STEPS = 1000;
const MINE = 700; // ms during which a slider moved on this page keeps its own value
const GREEK = { tau: 'τ', sigma: 'σ', Delta: 'Δ' };

export class Sliders {
  // The ids of the sliders begin with a prefix. send(key, value) sends a change.
  constructor(place, prefix, send) { Object.assign(this, { place, prefix, send, rows: {} }); }

  // show makes the sliders of some parameters, unless they exist, and shows the values by key.
  show(all, values, may) {
    if (JSON.stringify(all) !== JSON.stringify(Object.values(this.rows).map((row) => row.slider))) {
      this.rows = {};
      this.groups = {};
      this.place.replaceChildren();
      for (const slider of all) this.group(slider.group).append(this.make(slider));
    }
    for (const row of Object.values(this.rows)) row.input.disabled = !may;
    this.follow(values);
  }

  // group returns the parent element of the sliders of a group: a fold, or for no group the place itself.
  group(name) {
    if (!name) return this.place;
    if (!this.groups[name]) {
      const fold = document.createElement('details'), summary = document.createElement('summary');
      summary.textContent = name;
      fold.append(summary);
      this.place.append(this.groups[name] = fold);
    }
    return this.groups[name];
  }

  make(slider) {
    const { key, symbol, name } = slider, unit = plain(slider.unit), label = document.createElement('label'), sign = document.createElement('span');
    const input = document.createElement('input'), output = document.createElement('output');
    label.className = 'slider';
    label.title = name;
    sign.append(...signs(symbol, false));
    Object.assign(input, { type: 'range', min: 0, max: STEPS, step: 1, id: `${this.prefix}${key}` });
    input.setAttribute('aria-label', unit ? `${name}, ${unit}` : name);
    input.oninput = () => this.turned(key);
    label.append(sign, input, output);
    this.rows[key] = { slider, input, output, mine: -Infinity };
    return label;
  }

  // value returns the value at a place of the slider, with the shown decimals. at is the inverse.
  value(key, place) {
    const { low: lo, high: hi, decimals, logarithmic: log } = this.rows[key].slider, x = place / STEPS;
    const raw = log ? lo * (hi / lo) ** x : lo + (hi - lo) * x;
    return Math.min(hi, Math.max(lo, log ? Number(raw.toPrecision(3)) : Number(raw.toFixed(decimals))));
  }

  at(key, value) {
    const { low: lo, high: hi, logarithmic: log } = this.rows[key].slider;
    return Math.round(STEPS * (log ? Math.log(value / lo) / Math.log(hi / lo) : (value - lo) / (hi - lo)));
  }

  turned(key) {
    const value = this.value(key, Number(this.rows[key].input.value));
    this.text(key, value);
    this.rows[key].mine = performance.now();
    this.send(key, value);
  }

  // follow shows the server's values. Several places of a slider have the same value: a slider with the right value keeps its
  // place, because a key could not move it otherwise.
  follow(values) {
    for (const [key, row] of Object.entries(this.rows)) {
      const value = values[key];
      if (!row.output.textContent) this.set(key, value);
      if (performance.now() - row.mine > MINE && this.value(key, row.input.value) !== value) this.set(key, value);
    }
  }

  set(key, value) {
    this.rows[key].input.value = this.at(key, value);
    this.text(key, value);
  }

  text(key, value) {
    const { unit, decimals } = this.rows[key].slider, text = `${key === 'speed' ? Number(value.toPrecision(3)) : number(value, decimals)} ${plain(unit)}`.trim();
    this.rows[key].output.textContent = text;
    this.rows[key].input.setAttribute('aria-valuetext', text);
  }
}

// plain returns a unit for the page.
export const plain = (unit) => unit.replace('Ohm', 'Ω');

// signs returns the nodes of a text with symbols and their indices after _. Symbols of an equation are in italics.
export function signs(text, italic) {
  const nodes = [], put = (name, content) => {
    const node = document.createElement(name);
    node.textContent = content;
    nodes.push(node);
  };
  for (const [all, d, symbol, index] of text.matchAll(/(d(?=[A-Za-z]\b))?([A-Za-z]+)(?:_([A-Za-z]+))?|[^A-Za-z]+/g)) {
    if (!symbol) nodes.push(all.replace('-', '−').replace('^2', '²'));
    if (d) nodes.push(d);
    if (symbol && italic && symbol !== 'exp') put('i', GREEK[symbol] ?? symbol);
    else if (symbol) nodes.push(GREEK[symbol] ?? symbol);
    if (index) put('sub', index);
  }
  return nodes;
}
