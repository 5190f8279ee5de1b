// Functions for all panels: number formats, storage, colours, downloads, the theme and the axes of plots.
import { measure } from './svg.js';

export const $ = (id) => document.getElementById(id);

// number formats x with a true minus sign, and a missing value as a dash.
export function number(x, digits) {
  if (x === null || x === undefined || !Number.isFinite(x)) return '–';
  return Number(x.toFixed(digits)).toFixed(digits).replace('-', '−');
}

// single is the shortest decimal of a 32-bit float: 0.1 and not 0.10000000149. A missing value is empty.
export function single(x) {
  if (!Number.isFinite(x)) return '';
  let digits = 6, y;
  do y = Number(x.toPrecision(digits++)); while (Math.fround(y) !== x && digits < 10);
  return y;
}

// time formats a time in ms with three digits and its unit: µs, ms or s.
export function time(ms) {
  const x = Number(ms.toPrecision(3));
  if (x > 0 && x < 1) return `${Math.round(1000 * x)} µs`;
  return x < 1000 ? `${x} ms` : `${x / 1000} s`;
}

// remembered returns a stored choice of this browser, null without one. A browser may forbid storage.
export function remembered(key) {
  try { return localStorage.getItem(`hillock.${key}`); } catch { return null; }
}

export function remember(key, value) {
  try { localStorage.setItem(`hillock.${key}`, value); } catch { /* the next page begins with the default */ }
}

// color is a colour of the style sheet in the present theme.
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// The traces of several neurons have the colours of Okabe and Ito with enough contrast on the theme's ground.
const light = ['#0072b2', '#c24e00', '#00805d', '#a8517f', '#111111', '#8a6100', '#2a7fb0', '#6b6b00'];
const dark = ['#56b4e9', '#e69f00', '#2fc79b', '#cc79a7', '#f0e442', '#ff8c3a', '#f2f4f6', '#7fb2ff'];
export const cellColor = (k) => (document.documentElement.dataset.theme === 'dark' ? dark : light)[k % 8];

// download saves a file.
export function download(name, content) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: 'text/csv' }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

// csv quotes a field with a comma, a quote or a line break, such as the name of a neuron.
const quoted = (x) => (/[",\n]/.test(x) ? `"${String(x).replaceAll('"', '""')}"` : x);
export const csv = (rows) => `${rows.map((r) => r.map(quoted).join()).join('\n')}\n`;

// theme sets light or dark, as chosen with the button or else as the system has it. Paper is light.
export function theme(changed) {
  const system = matchMedia('(prefers-color-scheme: dark)'), root = document.documentElement;
  let chosen = remembered('theme');
  const set = (now = chosen ?? (system.matches ? 'dark' : 'light')) => {
    root.dataset.theme = now;
    $('theme').textContent = now === 'dark' ? 'Light' : 'Dark';
    changed();
  };
  system.onchange = () => set();
  $('theme').onclick = () => {
    chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    remember('theme', chosen);
    set();
  };
  addEventListener('beforeprint', () => set('light'));
  addEventListener('afterprint', () => set());
  set();
}

// axes are the axes of a plot in the colours of the theme, k times the size on the page.
export function axes(x, y, k = 1) {
  const size = k * parseFloat(getComputedStyle(document.documentElement).fontSize), letters = Math.round(size * 0.92), font = `${letters}px system-ui, sans-serif`;
  const common = {
    stroke: color('ink'), font, labelFont: font, labelSize: size * 1.5, gap: 5 * k, grid: { stroke: color('grid'), width: k },
    ticks: { stroke: color('grid'), size: 8 * k, width: k }, splits, values: (_, at) => at.map((v) => number(v, decimals(at))),
  };
  const wide = (_, texts) => Math.max(size * 3.9, ...(texts ?? []).map((text) => measure(text, letters) + 15 * k));
  return [
    { ...common, label: x, size: size * 1.15 + 15 * k, space: size * 3.6 },
    { ...common, label: y, size: wide, space: size * 1.7 },
  ];
}

// splits are the numbers on an axis: multiples of uPlot's step, or of the largest round step with two multiples on the axis.
export function splits(_, axis, low, high, step) {
  const multiples = (d) => {
    const all = [];
    for (let n = Math.ceil(low / d - 1e-6); n * d <= high + 1e-6 * d; n++) all.push(n * d);
    return all;
  };
  if (!(high > low) || !(step > 0)) return [];
  let all = multiples(step);
  for (let power = 10 ** Math.ceil(Math.log10(step)); all.length < 2; power /= 10) {
    for (const n of [5, 2, 1]) if (all.length < 2) all = multiples(n * power / 10);
  }
  return all;
}

// decimals is the number of decimals that numbers at equal distances need to differ.
function decimals(at) {
  const step = at.length > 1 ? at[1] - at[0] : 1;
  for (let n = 0; n < 9; n++) if (Math.abs(step * 10 ** n - Math.round(step * 10 ** n)) < 1e-6 * step * 10 ** n) return n;
  return 9;
}

// fit resizes a plot with its element.
export function fit(element, plot) {
  const resize = () => {
    const p = plot();
    if (p && element.clientWidth && element.clientHeight) p.setSize({ width: element.clientWidth, height: element.clientHeight });
  };
  new ResizeObserver(resize).observe(element);
}
