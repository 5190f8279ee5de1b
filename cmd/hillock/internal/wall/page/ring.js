// The places of the map: the boards in a ring, an arrow for each pair of boards with a synapse, and the lights of their spikes.

const LINES = 64; // of a board at most: further neurons share them
const DOTS = 400; // at once
const APART = 90, SHORT = 20; // ms between two dots of an arrow, and the shortest delay with a dot

// ring returns the places of the boards and their arrows in a window, px of a screen with s of them per px of the page. wide is the width
// of a text in letters of 1 px. A board stands beside its source where possible: a running light goes round. from has the arrows by their
// source. Names are upright where they have room.
export function ring(list, shown, wide, width, height, s) {
  const boards = chain(list), n = boards.length, size = Math.min(width, height), x0 = width / 2, y0 = height / 2;
  const short = (b) => (shown(b).length > 12 ? `${shown(b).slice(0, 11)}…` : shown(b));
  const longest = Math.max(...boards.map((b) => wide(short(b))), 2);
  const letters = Math.max(11 * s, Math.min(size / 22, (size * 1.9) / Math.max(n, 1), (size * 0.34) / (longest + 2)));
  const r = Math.max(size * 0.16, size / 2 - longest * letters - letters * 2);
  const body = Math.max(3 * s, Math.min(size / 26, (2.2 * r) / Math.max(n, 1)));
  const places = new Map(boards.map((b, k) => {
    const a = (2 * Math.PI * k) / n - Math.PI / 2;
    return [b.id, { a, x: x0 + r * Math.cos(a), y: y0 + r * Math.sin(a), body, state: b.state, name: shown(b), short: short(b) }];
  }));
  const by = new Map(boards.map((b) => [b.name, b])), arrows = new Map();
  for (const b of boards) {
    for (const link of b.links ?? []) {
      const source = by.get(link.board), inhibits = Boolean(link.inhibits);
      if (!source) continue;
      const key = `${source.id} ${b.id} ${inhibits}`, from = places.get(source.id), to = places.get(b.id);
      if (!arrows.has(key)) arrows.set(key, { key, id: source.id, from, to, inhibits, ways: [], ...curve(from, to, x0, y0) });
      arrows.get(key).ways.push({ line: line(source, link.neuron), delay: link.delay });
    }
  }
  const text = [...arrows.values()].map((a) => `${a.from.name} projects to ${a.to.name}${a.inhibits ? ' and inhibits it' : ''}`).join('. ');
  const from = new Map();
  for (const a of arrows.values()) from.set(a.id, [...(from.get(a.id) ?? []), a]);
  const next = (2 * Math.PI) / n, upright = n < 3 || r * (1 - Math.cos(next)) > 1.3 * letters || r * Math.sin(next) > (longest / 2 + 0.5) * letters;
  return { places, arrows, from, letters, text, upright };
}

// chain returns the boards so that the target of a board follows it where possible.
export function chain(boards) {
  const left = new Map(boards.map((b) => [b.name, b])), all = [];
  const target = (name) => [...left.values()].find((b) => b.links?.some((link) => link.board === name));
  while (left.size) {
    let next = left.values().next().value;
    while (next) {
      all.push(next);
      left.delete(next.name);
      next = target(next.name);
    }
  }
  return all;
}

// line returns the raster's line of a neuron, such as n1, or of a member, such as n1.3, as the server numbers them; -1 without it.
export function line(board, neuron) {
  const [name, member = '1'] = neuron.split('.'), tables = board.neurons ?? [], k = tables.findIndex((t) => t.name === name);
  if (k < 0 || !(member >= 1 && member <= tables[k].count)) return -1;
  const sum = (all) => all.reduce((n, t) => n + t.count, 0), number = sum(tables.slice(0, k)) + Number(member) - 1, all = sum(tables);
  return all > LINES ? Math.floor((number * LINES) / all) : number;
}

// curve returns the ends of an arrow at the rims of its boards, and its bend towards the middle. An arrow of a board to itself is a loop
// inwards.
export function curve(from, to, x0, y0) {
  if (from === to) {
    const d = from.body * 4.5, cx = from.x + d * Math.cos(from.a + Math.PI), cy = from.y + d * Math.sin(from.a + Math.PI), side = from.body * 1.1;
    return { cx, cy, x1: from.x - side * Math.sin(from.a), y1: from.y + side * Math.cos(from.a), x2: from.x + side * Math.sin(from.a), y2: from.y - side * Math.cos(from.a) };
  }
  const mx = (from.x + to.x) / 2, my = (from.y + to.y) / 2, side = 0.14;
  const cx = mx + (x0 - mx) * 0.35 - (to.y - from.y) * side, cy = my + (y0 - my) * 0.35 + (to.x - from.x) * side;
  const rim = (e, gap) => {
    const d = Math.hypot(cx - e.x, cy - e.y) || 1;
    return [e.x + ((cx - e.x) * gap) / d, e.y + ((cy - e.y) * gap) / d];
  };
  const [x1, y1] = rim(from, from.body * 1.2), [x2, y2] = rim(to, to.body * 1.35);
  return { cx, cy, x1, y1, x2, y2 };
}

// Lights are the spikes on the map: a board lights up, and a dot goes along each of its arrows for the delay of the synapse.
export class Lights {
  constructor() {
    this.lit = new Map(); // time of the latest spike, by board
    this.coming = []; // spikes ahead of the picture: { at, board, line }
    this.dots = []; // { at, until, key of an arrow }
    this.latest = new Map(); // time of the latest dot, by arrow
  }

  // spike takes a spike before its time comes.
  spike(board, line, at) {
    if (this.coming.length < 20000) this.coming.push({ at, board, line });
  }

  // step goes to the time of the picture's right edge, with the places and arrows of a ring.
  step(edge, { places, from, arrows }) {
    const later = [];
    for (const c of this.coming) {
      if (c.at > edge) { later.push(c); continue; }
      if (!places.has(c.board)) continue;
      this.lit.set(c.board, Math.max(c.at, this.lit.get(c.board) ?? c.at));
      for (const { key, ways } of from.get(c.board) ?? []) {
        for (const way of ways) {
          if (way.line !== c.line || way.delay < SHORT || c.at - (this.latest.get(key) ?? -Infinity) < APART || this.dots.length >= DOTS) continue;
          this.latest.set(key, c.at);
          this.dots.push({ at: c.at, until: c.at + way.delay, key });
        }
      }
    }
    this.coming = later;
    this.dots = this.dots.filter((d) => d.until > edge && arrows.has(d.key));
  }
}
