// frame encodes a frame as film.go does. gaps are [board, age of the begin, age of the end], spikes are by board [line, age], ages in ms.
export function frame({ version = 1, at = 1000, cut = 0, gaps = [], spikes = {} }) {
  const boards = Object.entries(spikes), all = boards.reduce((n, [, own]) => n + own.length, 0);
  const view = new DataView(new ArrayBuffer(17 + 6 * gaps.length + 4 * boards.length + 3 * all));
  let place = 13;
  const u16 = (v) => { view.setUint16(place, v, true); place += 2; };
  view.setUint8(0, version);
  view.setFloat64(1, at, true);
  view.setFloat32(9, cut, true);
  u16(gaps.length);
  for (const gap of gaps) gap.forEach(u16);
  u16(boards.length);
  for (const [board, own] of boards) {
    u16(Number(board));
    u16(own.length);
    for (const [line, age] of own) {
      view.setUint8(place++, line);
      u16(age);
    }
  }
  return view.buffer;
}
