// The places of the neurons in the picture of a network, and the paths of its synapses.

export const WIDTH = 560, HEIGHT = 300;
export const RADIUS = 28; // of a neuron
const EDGE = 33; // from a neuron to the edge of the picture
const BESIDE = 0.16; // bend of a path, in parts of its length: beside the path back, and beside another path of the same neurons
const AROUND = 0.24; // bend around a neuron in the way

// place gives each place its x and y, and each pair its path: the four points of a Bézier curve. pairs are the lists of pairs by table
// of synapses.
export function place(places, tables) {
  const pairs = tables.flat(), layers = layersOf(places.length, pairs);
  const at = layers ? inLayers(layers, pairs) : inCircle(places, pairs);
  const seen = new Map(), known = new Set(pairs.map(String));
  const paths = tables.map((table) => table.map(([from, to]) => {
    const before = seen.get(`${from},${to}`) ?? 0;
    seen.set(`${from},${to}`, before + 1);
    if (from === to) return loop(at[from], at, before);
    const back = known.has(`${to},${from}`);
    return curve(at, from, to, (back ? BESIDE : 0) + before * BESIDE);
  }));
  return { at, paths };
}

// layersOf returns the layer of each place, after all of its presynaptic places; null if a way leads back.
function layersOf(n, pairs) {
  const layer = new Array(n).fill(0);
  for (let round = 0; round <= n; round++) {
    let moved = false;
    for (const [from, to] of pairs) if (layer[to] <= layer[from]) { layer[to] = layer[from] + 1; moved = true; }
    if (!moved) return Math.max(0, ...layer) > 0 ? layer : null;
  }
  return null;
}

// inLayers puts the layers from left to right. In a layer, places are in the order of their presynaptic ones.
function inLayers(layer, pairs) {
  const last = Math.max(...layer), at = [];
  for (let l = 0; l <= last; l++) {
    const here = layer.flatMap((own, k) => (own === l ? [k] : []));
    const height = (k) => { const own = pairs.filter(([, to]) => to === k).map(([from]) => at[from].y); return own.reduce((a, b) => a + b, 0) / (own.length || 1); };
    const order = l ? here.map((k) => [height(k), k]).sort(([a, j], [b, k]) => a - b || j - k).map(([, k]) => k) : here;
    const apart = (HEIGHT - 2 * EDGE) / order.length, aside = apart < 2 * RADIUS + 6 ? RADIUS + 4 : 0; // in two columns
    order.forEach((k, n) => { at[k] = { x: EDGE + 32 + (WIDTH - 2 * EDGE - 64) * l / last + (n % 2 ? aside : -aside), y: EDGE + apart * (n + 0.5) }; });
  }
  return at;
}

// inCircle puts spike inputs in a column on the left, and neurons in a circle, the first one beside the spike inputs.
function inCircle(places, pairs) {
  const inputs = places.flatMap((p, k) => (p.neuron < 0 ? [k] : [])), neurons = places.flatMap((p, k) => (p.neuron < 0 ? [] : [k]));
  const alone = pairs.some(([from, to]) => from === to) ? 26 : 0, at = []; // room for a synapse onto itself
  inputs.forEach((k, n) => { at[k] = { x: EDGE, y: EDGE + (HEIGHT - 2 * EDGE) * (n + 0.5) / inputs.length }; });
  const left = inputs.length ? EDGE + 90 : EDGE, cx = (left + WIDTH - EDGE) / 2, rx = (WIDTH - EDGE - left) / 2 - alone, ry = HEIGHT / 2 - EDGE - alone;
  const flat = neurons.length < 3, round = flat ? Math.min(rx, 150) : Math.min(rx, ry * 1.5);
  neurons.forEach((k, n) => {
    const angle = 2 * Math.PI * n / neurons.length + (flat || inputs.length ? Math.PI : -Math.PI / 2), r = neurons.length === 1 ? 0 : 1;
    at[k] = { x: cx + r * round * Math.cos(angle), y: HEIGHT / 2 + r * ry * Math.sin(angle) };
  });
  return at;
}

// curve is the path between two places, with a bend to its right side.
function curve(at, from, to, bend) {
  const a = at[from], b = at[to], dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy) || 1;
  let by = bend;
  if (!by) {
    const inTheWay = at.find((p, k) => {
      const t = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length ** 2;
      return k !== from && k !== to && t > 0 && t < 1 && Math.abs((p.x - a.x) * dy - (p.y - a.y) * dx) / length < RADIUS + 12;
    });
    if (inTheWay) by = (inTheWay.x - a.x) * dy - (inTheWay.y - a.y) * dx > 0 ? AROUND : -AROUND;
  }
  const side = { x: -dy * by * 4 / 3, y: dx * by * 4 / 3 };
  const c = { x: a.x + dx * 0.25 + side.x, y: a.y + dy * 0.25 + side.y }, d = { x: a.x + dx * 0.75 + side.x, y: a.y + dy * 0.75 + side.y };
  return [toward(a, c, RADIUS + 2), c, d, toward(b, d, RADIUS + 9)];
}

// loop is the path of a synapse from a place to itself, away from the others.
function loop(a, at, before) {
  const x = at.reduce((sum, p) => sum + p.x, 0) / at.length, y = at.reduce((sum, p) => sum + p.y, 0) / at.length;
  const out = at.length > 1 ? Math.atan2(a.y - y, a.x - x) : -Math.PI / 2, far = 74 + 22 * before;
  const point = (turn, r) => ({ x: a.x + r * Math.cos(out + turn), y: a.y + r * Math.sin(out + turn) });
  return [point(-0.55, RADIUS + 2), point(-0.75, far), point(0.75, far), point(0.55, RADIUS + 9)];
}

function toward(a, b, r) {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return { x: a.x + (b.x - a.x) * r / length, y: a.y + (b.y - a.y) * r / length };
}

// along is the point of a path at a part of its way.
export function along([a, b, c, d], t) {
  const s = 1 - t, mix = (k) => s ** 3 * a[k] + 3 * s * s * t * b[k] + 3 * s * t * t * c[k] + t ** 3 * d[k];
  return { x: mix('x'), y: mix('y') };
}
