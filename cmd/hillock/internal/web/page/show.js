// Small things that all parts use.

export const $ = (id) => document.getElementById(id);

// number has a true minus, and a dash where there is none.
export function number(x, digits) {
  if (x === null || x === undefined || !Number.isFinite(x)) return '–';
  return Number(x.toFixed(digits)).toFixed(digits).replace('-', '−');
}

// time formats a time in ms with three digits and its unit: µs, ms or s.
export function time(ms) {
  const x = Number(ms.toPrecision(3));
  if (x > 0 && x < 1) return `${Math.round(1000 * x)} µs`;
  return x < 1000 ? `${x} ms` : `${x / 1000} s`;
}

// color is a colour of the style sheet, as the theme has it.
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// The traces of several neurons: Okabe and Ito's, those that stand off from the ground of the theme.
const light = ['#0072b2', '#c24e00', '#00805d', '#a8517f', '#111111', '#8a6100', '#2a7fb0', '#6b6b00'];
const dark = ['#56b4e9', '#e69f00', '#2fc79b', '#cc79a7', '#f0e442', '#ff8c3a', '#f2f4f6', '#7fb2ff'];
export const cellColor = (k) => (document.documentElement.dataset.theme === 'dark' ? dark : light)[k % 8];

// download gives the reader a file.
export function download(name, content) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: 'text/csv' }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

// csv quotes what needs it, the name of a neuron for one.
const quoted = (x) => (/[",\n]/.test(x) ? `"${String(x).replaceAll('"', '""')}"` : x);
export const csv = (rows) => `${rows.map((r) => r.map(quoted).join()).join('\n')}\n`;

// theme sets light or dark: as the system has it, until the button is pressed.
export function theme(changed) {
  const system = matchMedia('(prefers-color-scheme: dark)'), root = document.documentElement;
  let chosen = null;
  const set = () => {
    root.dataset.theme = chosen ?? (system.matches ? 'dark' : 'light');
    $('theme').textContent = root.dataset.theme === 'dark' ? 'Light' : 'Dark';
    changed();
  };
  system.onchange = set;
  $('theme').onclick = () => { chosen = root.dataset.theme === 'dark' ? 'light' : 'dark'; set(); };
  set();
}

// axes are those of a plot in the colours of the theme.
export function axes(x, y) {
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize), font = `${Math.round(size * 0.92)}px system-ui, sans-serif`;
  const common = { stroke: color('ink'), font, labelFont: font, labelSize: size * 1.5, grid: { stroke: color('grid'), width: 1 }, ticks: { stroke: color('grid') } };
  return [
    { ...common, label: x, size: size * 1.15 + 17, space: size * 3.6 },
    { ...common, label: y, size: size * 3.4, space: size * 1.7 },
  ];
}

// fit keeps a plot as large as its place.
export function fit(element, plot) {
  const resize = () => {
    const p = plot();
    if (p && element.clientWidth && element.clientHeight) p.setSize({ width: element.clientWidth, height: element.clientHeight });
  };
  new ResizeObserver(resize).observe(element);
}
