// The traces of the scope: V with its spikes, threshold and rest, and I beneath.
import { VMIN, VMAX, VLAST } from './columns.js';
import { axes, cellColor, color, number } from './show.js';
import { measure } from './svg.js';

export const BEFORE = 0.2; // part of the width before the triggering spike

// traces returns the plots of V and I in two places, k times as large as those on the page.
export function traces(scope, places, k = 1) {
  const { shared, unit } = scope, cells = shared.hello.neurons.map((_, c) => c), one = cells.length === 1;
  const common = {
    legend: { show: false }, cursor: { show: false }, pxAlign: false,
    scales: { x: { time: false, range: () => range(scope) }, y: { range: (_, low, high) => ends(shared.hello, low, high) } },
  };
  const line = (stroke, dash) => [1, 2].map(() => ({ stroke, dash, width: 2 * k, points: { show: false } })), lanes = scope.pressed('lanes');
  const make = (n, axis, scales, fill, hooks, inner = []) => {
    const { clientWidth, clientHeight } = scope.places[n];
    return new uPlot({
      ...common, width: k * Math.max(50, clientWidth), height: k * Math.max(50, clientHeight), axes: axis, hooks,
      scales: { ...common.scales, ...scales }, series: [{}, ...cells.flatMap((c) => line(fill(c))), ...inner.flatMap((dash) => line(fill(shared.cell), dash.map((x) => x * k)))],
      bands: cells.map((c) => ({ series: [2 * c + 1, 2 * c + 2], fill: fill(c) })),
    }, [[], ...[...cells, ...inner].flatMap(() => [[], []])], places[n]);
  };
  const v = axes(null, 'V (mV)', k), i = axes(scope.pressed('trigger') ? `time from the spike (${unit})` : `model time (${unit})`, 'I (nA)', k);
  v[0].values = (_, at) => at.map(() => '');
  v[0].size = 6 * k;
  if (lanes) {
    const size = k * parseFloat(getComputedStyle(document.documentElement).fontSize), names = laneNames(shared.hello);
    v[1].size = i[1].size = Math.max(3.9 * size, ...names.map((name) => measure(name, 0.92 * size) + 15 * k)); // one time axis
    Object.assign(v[1], { label: 'V', splits: () => cells.map((c) => cells.length - c - 0.5), values: (u) => roomy(u, names, 1.1 * size), grid: { show: false } });
  }
  const fill = (name) => (one ? () => color(name) : cellColor);
  return [
    make(0, v, lanes ? { y: { range: [0, cells.length] } } : {}, fill('v'), { drawClear: [(u) => behind(scope, u, k)], draw: [(u) => (lanes ? thresholds : levels)(shared, u, k)] }),
    make(1, i, { y: { range: (_, low, high) => currents(shared.hello, low, high) } }, fill('i'), {}, scope.inner.map(([, dash]) => dash)),
  ];
}

function range({ base, unit, pressed }) {
  const width = base / (unit === 'ms' ? 1 : 1000);
  return pressed('trigger') ? [-BEFORE * width, (1 - BEFORE) * width] : [-width, 0];
}

// ends stay as they are while the parameters do. A trace beyond them has room.
function ends({ neurons }, low, high) {
  const bottom = Math.min(...neurons.map((p) => Math.min(p.reset.v, p.rest.v))), top = Math.max(...neurons.map((p) => Math.max(p.threshold.v, p.reset.v, p.rest.v)));
  const room = Math.max(1, (top - bottom) * 0.2);
  return [Math.min(low ?? bottom, bottom) - room, Math.max(high ?? top, top) + room];
}

// lane is the place of a potential of a neuron on the axis of lanes: the first neuron has the uppermost lane.
export function lane(neurons, k, v) {
  const [low, high] = ends({ neurons: [neurons[k]] });
  return neurons.length - k - 1 + 0.04 + 0.92 * Math.min(1, Math.max(0, (v - low) / (high - low)));
}

// laneNames are the shortened names of the lanes.
function laneNames({ neurons }) {
  return neurons.map((n) => (n.count > 1 ? `${n.name}.1` : n.name)).map((name) => (name.length > 12 ? `${name.slice(0, 11)}…` : name));
}

// roomy are the names with room for letters of a size: of narrow lanes each second, each third, and so on.
function roomy(u, names, letters) {
  const every = Math.ceil(letters * names.length / (u.bbox.height / devicePixelRatio));
  return names.map((name, c) => (c % every ? '' : name));
}

// currents are the ends of the axis: those of the inputs, and of larger synaptic currents the next round ones.
function currents({ inputs }, least, most) {
  const all = [0, ...inputs.filter((p) => p.unit === 'nA').flatMap((p) => [p.low, p.high])], low = Math.min(...all, -round(-(least ?? 0))), high = Math.max(...all, round(most ?? 0)), room = (high - low || 1) * 0.06;
  return [low - room, high + room];
}

// round is the next of 1, 2 and 5 times a power of ten from a positive number on, else 0.
function round(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return x > 1e-3 ? power * [1, 2, 5, 10].find((n) => n * power >= x * 0.999) : 0;
}

// behind draws the spikes and the earlier sweeps under the trace.
function behind(scope, u, k) {
  if (!scope.shown) return;
  const { ctx, bbox } = u, { columns } = scope.shared, ratio = devicePixelRatio * k, { from, to, zero } = scope.shown;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (let cell = 0; cell < columns.cells; cell++) {
    const spikes = columns.spikesIn(cell, from, to);
    ctx.strokeStyle = columns.cells === 1 ? color('v') : cellColor(cell);
    ctx.lineWidth = 2 * ratio;
    ctx.globalAlpha = Math.max(0.15, Math.min(0.6, bbox.width / ratio / 8 / (spikes.length || 1)));
    ctx.beginPath();
    const lanes = scope.pressed('lanes'), height = lanes ? bbox.height / columns.cells : bbox.height, top = lanes ? bbox.top + cell * height : bbox.top;
    for (const s of spikes) {
      const px = u.valToPos((s - zero) * scope.scale, 'x', true);
      ctx.moveTo(px, top);
      ctx.lineTo(px, top + height);
    }
    ctx.stroke();
  }
  if (scope.pressed('persist')) ghosts(scope, u, 1.5 * ratio);
  ctx.restore();
}

function ghosts({ shared: { columns, cell, hello }, sweeps, span, scale, pressed }, { ctx, valToPos }, width) {
  const at = (v) => (pressed('lanes') ? lane(hello.neurons, cell, v) : v);
  sweeps.slice(0, -1).forEach((spike, n, all) => {
    ctx.globalAlpha = 0.12 + 0.4 * (n + 1) / all.length;
    ctx.strokeStyle = columns.cells === 1 ? color('v') : cellColor(cell);
    ctx.lineWidth = width;
    ctx.beginPath();
    const end = columns.at(spike + (1 - BEFORE) * span);
    for (let j = columns.at(spike - BEFORE * span); j < Math.min(end, columns.count); j++) {
      const px = valToPos((columns.start(j) + (columns.width(j) - 1) / 2 - spike) * scale, 'x', true);
      const [low, high, last] = [VMIN, VMAX, VLAST].map((what) => columns.value(j, cell, what)), rises = last - low > high - last;
      for (const v of rises ? [low, high] : [high, low]) ctx.lineTo(px, valToPos(at(v), 'y', true));
    }
    ctx.stroke();
  });
}

// thresholds draws a dashed line at the threshold of each neuron, and lines between the lanes.
function thresholds({ hello: { neurons } }, u, k) {
  const { ctx, bbox } = u, ratio = devicePixelRatio * k;
  ctx.save();
  neurons.forEach((n, c) => {
    for (const [at, dash, name] of [[lane(neurons, c, n.threshold.v), [9 * ratio, 6 * ratio], 'ink'], [neurons.length - c, [], 'line']]) {
      const y = u.valToPos(at, 'y', true);
      ctx.strokeStyle = color(name);
      ctx.lineWidth = ratio;
      ctx.setLineDash(dash);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
  });
  ctx.restore();
}

// levels draws the dashed lines of the chosen neuron. Beside other neurons they are in ink, because the colours stand for neurons.
function levels({ hello: { neurons }, cell }, u, k) {
  const { ctx, bbox } = u, p = neurons[cell], ratio = devicePixelRatio * k;
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * ratio;
  ctx.save();
  ctx.font = `600 ${size * 0.95}px system-ui, sans-serif`;
  ctx.lineWidth = 2 * ratio;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  for (const [{ symbol, v: value }, name] of [[p.threshold, 'vt'], [p.rest, 'el']]) {
    const text = `${symbol} ${number(value, 1)} mV`;
    const y = u.valToPos(value, 'y', true), above = (name === 'vt') === (p.threshold.v >= p.rest.v);
    ctx.strokeStyle = color(neurons.length > 1 ? 'ink' : name);
    ctx.setLineDash([9 * ratio, 6 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const width = ctx.measureText(text).width, top = above ? y - 1.35 * size : y + 0.25 * size;
    ctx.fillStyle = color('panel');
    ctx.globalAlpha = 0.85;
    ctx.fillRect(bbox.left + 4 * ratio, top, width + 8 * ratio, size * 1.15);
    ctx.globalAlpha = 1;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.fillText(text, bbox.left + 8 * ratio, top + 0.95 * size);
  }
  ctx.restore();
}
