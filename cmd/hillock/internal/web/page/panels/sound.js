// A click per spike, each in its place in the time of its frame.
import { $ } from '../show.js';

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
    if (!this.context) {
      this.context = new AudioContext();
      const rate = this.context.sampleRate, length = Math.round(rate * 0.004);
      this.click = this.context.createBuffer(1, length, rate);
      const samples = this.click.getChannelData(0);
      for (let k = 0; k < length; k++) samples[k] = 0.5 * Math.exp(-k / (rate * 0.0007)) * Math.sin(2 * Math.PI * 1800 * k / rate);
    }
    this.context.resume();
  }

  frame(fresh) {
    if (!this.context || this.context.state !== 'running') return;
    const { dt_ms: dt, speed } = this.shared.hello.loop;
    for (const spike of fresh.spikes.flat().slice(-50)) {
      const source = this.context.createBufferSource();
      source.buffer = this.click;
      source.connect(this.context.destination);
      source.start(this.context.currentTime + Math.min(0.1, Math.max(0, (spike - fresh.first) * dt / 1000 / speed)));
    }
  }
}
