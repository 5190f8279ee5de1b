// What the doctor found, and where nothing failed what the parts say of themselves.
export default class Doctor {
  static place = 'board';

  constructor(shared, element) {
    this.shared = shared;
    element.insertAdjacentHTML('beforeend', '<div id="doctor" role="status"></div>');
    this.element = element.lastElementChild;
  }

  status() {
    const { status } = this.shared;
    const found = status.doctor ?? [], said = found.map((d) => [`${d.check}: ${d.seen}`, d.means, d.do]);
    if (!found.some((d) => d.result === 'failed')) {
      for (const s of [...status.inputs, ...status.outputs]) {
        const what = new Set([s.state === 'ok' ? '' : s.state, s.note, s.fault].filter(Boolean));
        if (what.size && !found.some((d) => d.check === s.name)) said.push([`${s.name}: ${[...what].join(', ')}`]);
      }
    }
    const text = JSON.stringify(said);
    if (text === this.said) return;
    this.said = text;
    this.element.replaceChildren(...said.map((lines) => {
      const p = document.createElement('p');
      p.append(...lines.filter(Boolean).map((line) => { const span = document.createElement('span'); span.textContent = line; return span; }));
      return p;
    }));
  }
}
