// The map: the boards in a ring, an arrow for each pair of boards with a synapse. A board lights up at its spikes, and a dot goes along
// the arrow for the delay of the synapse.
import { Lights, ring } from './ring.js';
import { color } from './show.js';

const GLOW = 180; // ms of a light after a spike

export class Ring {
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = canvas.getContext('2d');
    this.still = document.createElement('canvas');
    this.clear();
    this.ring = { places: new Map(), arrows: new Map(), from: new Map(), text: '' };
  }

  clear() { this.lights = new Lights(); }

  // place sets the boards, with their shown names. It returns the synapses in words.
  place(boards, shown) {
    const s = devicePixelRatio, { clientWidth: width, clientHeight: height } = this.canvas;
    const key = JSON.stringify([width, height, s, boards.map((b) => [b.id, b.state, shown(b), b.neurons, b.links]), document.documentElement.dataset.theme]);
    if (key === this.key || !width) return this.ring.text;
    this.key = key;
    for (const c of [this.canvas, this.still]) {
      c.width = Math.round(width * s);
      c.height = Math.round(height * s);
    }
    this.paint.font = '600 100px system-ui, sans-serif';
    this.ring = ring(boards, shown, (text) => this.paint.measureText(text).width / 100, width * s, height * s, s);
    this.backdrop(s);
    return this.ring.text;
  }

  backdrop(s) {
    const { places, arrows, letters, upright } = this.ring;
    const p = this.still.getContext('2d');
    p.clearRect(0, 0, this.still.width, this.still.height);
    const crowd = arrows.size > 60;
    for (const a of arrows.values()) {
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
    for (const { a, x, y, body, state, short } of places.values()) {
      const left = Math.cos(a) < -1e-6;
      p.save();
      p.translate(x, y);
      p.fillStyle = color(state === 'online' ? 'ink' : 'old');
      p.textAlign = left ? 'right' : 'left';
      const far = body * 1.6 + letters * 0.35;
      if (upright) {
        if (Math.abs(Math.cos(a)) < 0.3) p.textAlign = 'center';
        p.fillText(short, far * Math.cos(a), (far + letters * 0.4) * Math.sin(a));
      } else {
        p.rotate(left ? a + Math.PI : a);
        p.fillText(short, left ? -far : far, 0);
      }
      p.restore();
    }
  }

  // show draws the map at the time of the picture's right edge.
  show(edge) {
    this.lights.step(edge, this.ring);
    const p = this.paint, { places, arrows } = this.ring, { lit, dots } = this.lights;
    p.clearRect(0, 0, this.canvas.width, this.canvas.height);
    p.drawImage(this.still, 0, 0);
    const glow = color('glow'), ground = color('ground'), ink = color('ink'), old = color('old'), s = devicePixelRatio;
    for (const { at, until, key } of dots) {
      const a = arrows.get(key), t = Math.max(0, (edge - at) / (until - at)), u = 1 - t;
      p.fillStyle = glow;
      p.beginPath();
      p.arc(u * u * a.x1 + 2 * u * t * a.cx + t * t * a.x2, u * u * a.y1 + 2 * u * t * a.cy + t * t * a.y2, Math.max(3 * s, a.from.body * 0.42), 0, 7);
      p.fill();
    }
    p.lineWidth = 2 * s;
    for (const [id, { x, y, body, state }] of places) {
      const light = Math.max(0, 1 - (edge - (lit.get(id) ?? -Infinity)) / GLOW);
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
      p.setLineDash(state === 'online' ? [] : [4 * s, 3 * s]);
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
