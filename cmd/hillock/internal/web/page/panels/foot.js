// The line at the foot: model time, spikes, lateness and viewers.
import { $, number, time } from '../show.js';

export default class Foot {
  static place = 'foot';

  constructor(shared) { this.shared = shared; }

  status() {
    const { status, hello, cell } = this.shared, { lateness_us: late, clients } = status, foot = [
      `${number(status.t, 1)} s model time`, `${status.neurons[cell].spikes} ${status.neurons[cell].spikes === 1 ? 'spike' : 'spikes'}`,
      `ticks late: median ${time(late.p50 / 1000)}, 99 % below ${time(late.p99 / 1000)}, at most ${time(late.max / 1000)}`,
      `${clients} ${clients === 1 ? 'viewer' : 'viewers'}`,
    ];
    if (status.stalled) foot.push(status.stalled);
    if (status.skipped_ms > 0) foot.push(`${number(status.skipped_ms, 0)} ms skipped`);
    if (status.dropped > 0) foot.push(`${status.dropped} spikes dropped before a synapse`);
    if (status.missed > 0) foot.push(`this page missed ${status.missed} steps`);
    $('foot').textContent = `${foot.join(' · ')} · ${hello.version}`;
  }
}
