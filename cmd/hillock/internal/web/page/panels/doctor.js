// The findings of the doctor. Without a failure, also the notes of the parts. Below them are the counts of spikes from outside and of
// lights ahead of spikes.
import { $ } from '../show.js';

export default class Doctor {
  static place = 'told';
  static html = '<div id="doctor" role="status"></div><div id="counts"></div>';

  constructor(shared) { this.shared = shared; }

  status() {
    const { status } = this.shared;
    this.counts(status);
    const found = status.doctor ?? [], said = found.map((d) => ({ name: d.check, saw: d.seen, means: d.means, do: d.do }));
    if (!found.some((d) => d.result === 'failed')) {
      for (const s of [...status.inputs, ...status.outputs]) {
        const what = new Set([s.state === 'ok' ? '' : s.state, s.note, s.fault].filter(Boolean));
        if (what.size && !found.some((d) => d.check === s.name)) said.push({ name: s.name, saw: [...what].join(', ') });
        if (s.lit) said.push({ name: s.lit, do: 'use a shorter pulse (width) or a lower speed' });
      }
    }
    const text = JSON.stringify(said);
    if (text === this.said) return;
    this.said = text;
    $('doctor').replaceChildren(...said.map(({ name, ...lines }) => {
      const p = element('p', element('b', name), ' ');
      for (const [label, line] of Object.entries(lines)) if (line) p.append(element('span', element(label === 'do' ? 'b' : 'i', `${label}:`), ` ${line} `));
      return p;
    }));
  }

  counts(status) {
    const inputs = status.spike_inputs.filter((s) => s.edges ?? s.remote).map((s) => [s.name, `${s.spikes} spikes${some(s.edges ?? s.remote)}`]);
    const lights = status.outputs.filter((o) => o.oracle).map(({ name, oracle: o }) => [name, `${o.lights} lights${some({ 'without a spike': o.wrong, 'spikes without a light': o.missed })}. ${o.note}`]);
    const net = status.net ? [['net', status.net.text]] : [];
    $('counts').replaceChildren(...[...net, ...inputs, ...lights].map(([name, text]) => element('p', element('b', name), ` ${text}`)));
  }
}

// some is the counts above 0, in words.
const some = (counts) => Object.entries(counts).filter(([, n]) => n > 0).map(([what, n]) => `, ${n} ${what}`).join('');

function element(name, ...content) {
  const e = document.createElement(name);
  e.append(...content);
  return e;
}
