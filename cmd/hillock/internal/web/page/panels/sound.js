// A click for each spike, at a pitch of its own for each neuron.
import { $ } from '../show.js';

const DELAY = 0.08; // s from a spike to its click: frames come late and in pieces, and the clicks keep their intervals
const SLACK = 0.25; // s: with a longer lag the clicks begin anew
const MOST = 50; // clicks per frame
const PITCH = 1200, STEP = 1.25; // Hz of the first neuron's click, and the ratio from one neuron to the next

export default class Sound {
  static place = 'tools';
  static html = '<button id="sound" aria-pressed="false">Sound</button>';

  constructor(shared) {
    this.shared = shared;
    $('sound').onclick = () => this.toggle();
  }

  toggle() {
    const on = $('sound').getAttribute('aria-pressed') !== 'true';
    $('sound').setAttribute('aria-pressed', on);
    if (!on) { this.context.suspend(); return; }
    this.context ??= new AudioContext();
    this.clicks ??= Array.from({ length: 8 }, (_, k) => this.click(PITCH * STEP ** k));
    this.zero = null;
    this.context.resume();
  }

  click(pitch) {
    const rate = this.context.sampleRate, length = Math.round(rate * 0.004), click = this.context.createBuffer(1, length, rate), samples = click.getChannelData(0);
    for (let k = 0; k < length; k++) samples[k] = 0.5 * Math.exp(-k / (rate * 0.0007)) * Math.sin(2 * Math.PI * pitch * k / rate);
    return click;
  }

  // frame schedules the clicks of new spikes. zero is the time of step 0 on the audio clock.
  frame(fresh) {
    if (this.context?.state !== 'running') return;
    const { dt_ms: dt, speed } = this.shared.hello.loop, now = this.context.currentTime, step = dt / 1000 / speed;
    const spikes = fresh.spikes.flatMap((list, k) => list.map((s) => [s, k])).sort(([a], [b]) => a - b).slice(-MOST);
    if (!spikes.length) return;
    const due = this.zero + spikes[0][0] * step;
    if (this.zero === null || this.step !== step || due < now || due > now + SLACK) this.zero = now + DELAY - spikes[0][0] * step;
    this.step = step;
    for (const [s, k] of spikes) {
      const source = this.context.createBufferSource();
      source.buffer = this.clicks[k % this.clicks.length];
      source.connect(this.context.destination);
      source.start(this.zero + s * step);
    }
  }
}
