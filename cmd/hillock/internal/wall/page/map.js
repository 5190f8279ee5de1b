// The map: the boards in a ring, an arrow for each pair of boards with a synapse. A board lights up at its spikes, and a dot goes along
// the arrow for the delay of the synapse.
import { color } from './show.js';

const GLOW = 180; // ms of a light after a spike
const DOTS = 400; // at once
const APART = 90; // ms between two dots of an arrow

export class Ring {
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = canvas.getContext('2d');
    this.still = document.createElement('canvas');
    this.places = new Map();
    this.lit = new Map(); // time of the latest spike, by board
    this.coming = []; // spikes ahead of the picture: { at, board, line }
    this.dots = []; // { at, until, arrow }
    this.arrows = [];
  }

  // place sets the boards, with their shown names. A board stands beside its source where it can: a running light goes round.
  place(list, shown) {
    const boards = chain(list);
    const s = devicePixelRatio, { clientWidth: width, clientHeight: height } = this.canvas;
    const key = JSON.stringify([width, height, s, boards.map((b) => [b.id, b.state, shown(b), b.links]), document.documentElement.dataset.theme]);
    if (key === this.key || !width) return;
    this.key = key;
    for (const c of [this.canvas, this.still]) {
      c.width = Math.round(width * s);
      c.height = Math.round(height * s);
    }
    const n = boards.length, size = Math.min(width, height) * s, x0 = (width * s) / 2, y0 = (height * s) / 2;
    const longest = Math.max(...boards.map((b) => shown(b).length), 3);
    const letters = Math.max(11 * s, Math.min(size / 22, (size * 1.9) / Math.max(n, 1)));
    const r = Math.max(size * 0.2, size / 2 - Math.min(longest, 14) * letters * 0.62 - letters * 2);
    const body = Math.max(3 * s, Math.min(size / 26, (2.2 * r) / Math.max(n, 1)));
    this.upright = n <= 16; // letters
    this.places = new Map(boards.map((b, k) => {
      const a = (2 * Math.PI * k) / n - Math.PI / 2;
      return [b.id, { a, x: x0 + r * Math.cos(a), y: y0 + r * Math.sin(a), body, state: b.state, name: shown(b) }];
    }));
    const by = new Map(boards.map((b) => [b.name, b]));
    const pairs = new Map();
    for (const b of boards) {
      for (const link of b.links ?? []) {
        const from = by.get(link.board);
        if (!from) continue;
        const source = from.neurons?.find((t) => t.name === link.neuron.split('.')[0]);
        const id = `${from.id} ${b.id} ${Boolean(link.inhibits)}`;
        const arrow = pairs.get(id) ?? { from: this.places.get(from.id), to: this.places.get(b.id), id: from.id, inhibits: link.inhibits, ways: [] };
        arrow.ways.push({ line: source?.line ?? 0, delay: link.delay });
        pairs.set(id, arrow);
      }
    }
    this.arrows = [...pairs.values()];
    for (const arrow of this.arrows) Object.assign(arrow, curve(arrow, x0, y0));
    this.text = [...pairs.values()].map((a) => `${a.from.name} projects to ${a.to.name}${a.inhibits ? ' and inhibits it' : ''}`).join('. ');
    this.from = new Map();
    for (const a of this.arrows) this.from.set(a.id, [...(this.from.get(a.id) ?? []), a]);
    this.backdrop(letters, s);
  }

  backdrop(letters, s) {
    const p = this.still.getContext('2d');
    p.clearRect(0, 0, this.still.width, this.still.height);
    const crowd = this.arrows.length > 60;
    for (const a of this.arrows) {
      p.strokeStyle = p.fillStyle = color(a.inhibits ? 'vt' : 'v');
      p.globalAlpha = crowd ? 0.45 : 0.9;
      p.lineWidth = (crowd ? 1.5 : 2.5) * s;
      p.beginPath();
      p.moveTo(a.x1, a.y1);
      p.quadraticCurveTo(a.cx, a.cy, a.x2, a.y2);
      p.stroke();
      const t = Math.atan2(a.y2 - a.cy, a.x2 - a.cx), h = Math.max(5 * s, a.to.body * 0.8);
      p.beginPath();
      if (a.inhibits) {
        p.lineWidth *= 2;
        p.moveTo(a.x2 + h * 0.8 * Math.sin(t), a.y2 - h * 0.8 * Math.cos(t));
        p.lineTo(a.x2 - h * 0.8 * Math.sin(t), a.y2 + h * 0.8 * Math.cos(t));
        p.stroke();
      } else {
        p.moveTo(a.x2, a.y2);
        p.lineTo(a.x2 - h * 1.4 * Math.cos(t - 0.4), a.y2 - h * 1.4 * Math.sin(t - 0.4));
        p.lineTo(a.x2 - h * 1.4 * Math.cos(t + 0.4), a.y2 - h * 1.4 * Math.sin(t + 0.4));
        p.fill();
      }
    }
    p.globalAlpha = 1;
    p.textBaseline = 'middle';
    p.font = `600 ${letters}px system-ui, sans-serif`;
    for (const { a, x, y, body, state, name } of this.places.values()) {
      const left = Math.cos(a) < -1e-6;
      p.save();
      p.translate(x, y);
      p.fillStyle = color(state === 'online' ? 'ink' : 'old');
      p.textAlign = left ? 'right' : 'left';
      const short = name.length > 14 ? `${name.slice(0, 13)}…` : name, far = body * 1.6 + letters * 0.35;
      if (this.upright) {
        if (Math.abs(Math.cos(a)) < 0.3) p.textAlign = 'center';
        p.fillText(short, far * Math.cos(a), (far + letters * 0.4) * Math.sin(a));
      } else {
        p.rotate(left ? a + Math.PI : a);
        p.fillText(short, left ? -far : far, 0);
      }
      p.restore();
    }
  }

  // spike takes a spike before its time comes.
  spike(board, line, at) {
    if (this.coming.length < 20000 && (this.places.has(board))) this.coming.push({ at, board, line });
  }

  // show draws the map at the time of the picture's right edge.
  show(edge) {
    const p = this.paint, later = [];
    for (const c of this.coming) {
      if (c.at > edge) { later.push(c); continue; }
      this.lit.set(c.board, Math.max(c.at, this.lit.get(c.board) ?? 0));
      for (const arrow of this.from?.get(c.board) ?? []) {
        for (const way of arrow.ways) {
          if (way.line !== c.line || way.delay < 20 || c.at - (arrow.latest ?? -Infinity) < APART || this.dots.length >= DOTS) continue;
          arrow.latest = c.at;
          this.dots.push({ at: c.at, until: c.at + way.delay, arrow });
        }
      }
    }
    this.coming = later;
    this.dots = this.dots.filter((d) => d.until > edge);
    p.clearRect(0, 0, this.canvas.width, this.canvas.height);
    p.drawImage(this.still, 0, 0);
    const glow = color('glow'), ground = color('ground'), ink = color('ink'), old = color('old'), s = devicePixelRatio;
    for (const { at, until, arrow: a } of this.dots) {
      const t = Math.max(0, (edge - at) / (until - at)), u = 1 - t;
      p.fillStyle = glow;
      p.beginPath();
      p.arc(u * u * a.x1 + 2 * u * t * a.cx + t * t * a.x2, u * u * a.y1 + 2 * u * t * a.cy + t * t * a.y2, Math.max(3 * s, a.from.body * 0.42), 0, 7);
      p.fill();
    }
    p.lineWidth = 2 * s;
    for (const [id, { x, y, body, state }] of this.places) {
      const light = Math.max(0, 1 - (edge - (this.lit.get(id) ?? -Infinity)) / GLOW);
      if (light > 0) {
        p.globalAlpha = 0.4 * light;
        p.fillStyle = glow;
        p.beginPath();
        p.arc(x, y, body * (1 + light), 0, 7);
        p.fill();
      }
      p.globalAlpha = 1;
      p.fillStyle = ground;
      p.strokeStyle = state === 'online' ? ink : old;
      p.beginPath();
      p.arc(x, y, body, 0, 7);
      p.fill();
      p.globalAlpha = light;
      p.fillStyle = glow;
      p.fill();
      p.globalAlpha = 1;
      p.stroke();
    }
  }
}

// chain returns the boards so that the target of a board follows it where possible.
function chain(boards) {
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

// curve returns the ends of an arrow at the rims of its boards, and its bend towards the middle. An arrow of a board to itself is a loop
// outwards.
function curve({ from, to }, x0, y0) {
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
