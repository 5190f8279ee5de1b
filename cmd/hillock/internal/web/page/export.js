// The export of plots as a picture: with a title, a legend, readings and parameters, at two pixels for each of the page.
import { $, color, download, number } from './show.js';

const SCALE = 2;

// picture downloads a PNG. plots(k) returns new plots off the page, drawn k times as large as on the page; they are stacked.
// legend is a list of { name, color, dash }, lines is a list of texts beneath the plots.
export async function picture(file, { title, legend = [], lines = [], plots }) {
  const made = plots(SCALE / devicePixelRatio);
  await null; // uPlot draws in a microtask
  sheet({ title, legend, lines, canvases: made.map((p) => p.ctx.canvas) }).toBlob((blob) => download(file, blob));
  for (const p of made) p.destroy();
}

// sheet lays everything out on a canvas.
function sheet({ title, legend, lines, canvases }) {
  const letters = SCALE * parseFloat(getComputedStyle(document.documentElement).fontSize), row = 1.5 * letters, edge = letters;
  const all = document.createElement('canvas'), ctx = all.getContext('2d'), family = getComputedStyle(document.body).fontFamily;
  const font = (weight = 400) => { ctx.font = `${weight} ${letters}px ${family}`; };
  all.width = Math.max(...canvases.map((c) => c.width)) + 2 * edge;
  font();
  const texts = lines.flatMap((line) => wrap(ctx, line, all.width - 2 * edge));
  all.height = canvases.reduce((sum, c) => sum + c.height, 0) + row * (1 + Number(legend.length > 0) + texts.length) + 2 * edge;
  ctx.fillStyle = color('panel');
  ctx.fillRect(0, 0, all.width, all.height);
  ctx.textBaseline = 'middle';
  let y = edge;
  const write = (text, weight) => { font(weight); ctx.fillStyle = color('ink'); ctx.fillText(text, edge, y + row / 2); y += row; };
  write(title, 700);
  font();
  if (legend.length) y = key(ctx, legend, { edge, y, row, letters });
  for (const c of canvases) { ctx.drawImage(c, edge, y); y += c.height; }
  for (const text of texts) write(text);
  return all;
}

// key draws the legend in one row, and returns where the next row begins.
function key(ctx, legend, { edge, y, row, letters }) {
  let x = edge;
  for (const { name, color: stroke, dash } of legend) {
    Object.assign(ctx, { strokeStyle: stroke, lineWidth: letters / 5 });
    ctx.setLineDash(dash ? [letters / 2, letters / 4] : []);
    ctx.beginPath();
    ctx.moveTo(x, y + row / 2);
    ctx.lineTo(x + 1.6 * letters, y + row / 2);
    ctx.stroke();
    ctx.fillStyle = color('ink');
    ctx.fillText(name, x + 2 * letters, y + row / 2);
    x += 3.4 * letters + ctx.measureText(name).width;
  }
  return y + row;
}

// wrap breaks a text at its separators into lines of a width.
function wrap(ctx, text, width) {
  const lines = [];
  for (const piece of text.split(' · ')) {
    const longer = `${lines.at(-1)} · ${piece}`;
    if (lines.length && ctx.measureText(longer).width <= width) lines[lines.length - 1] = longer; else lines.push(piece);
  }
  return lines;
}

// readings is a line with the readings over the scope; parameters is one with those of a neuron and of the loop.
export const readings = () => [...$('numbers').children].map((r) => [...r.children].map((e) => e.textContent).join(' ')).join(' · ');

export function parameters({ name, sliders, params }, { speed, dt_ms: dt }) {
  const sign = (symbol) => symbol.replace('tau', 'τ').replace('sigma', 'σ'), unit = (text) => text.replace('Ohm', 'Ω');
  const all = sliders.map((s) => `${sign(s.symbol)} ${number(params[s.key], s.decimals)} ${unit(s.unit)}`.trim());
  return [name, ...all, `dt ${dt} ms`, `speed ${Number(speed.toPrecision(3))} ×`].join(' · ');
}
