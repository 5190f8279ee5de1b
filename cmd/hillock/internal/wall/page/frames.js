// The frames of the server: the spikes and gaps since the frame before, and the clock of the picture.

const VERSION = 1;

const HEAD = 13, GAP = 6, BOARD = 4, SPIKE = 3; // bytes of the version and the times, of a gap, of a board without its spikes, of a spike

// read calls spike(board, line, at) and gap(board, from, to) for the news of a frame, with times on the film in ms. It returns the time
// of the frame and the length of a freeze before it in s. A broken frame has no news.
export function read(buffer, spike, gap) {
  const view = new DataView(buffer);
  if (buffer.byteLength > 0 && view.getUint8(0) !== VERSION) throw new Error('the server has another version: reload the page');
  if (!whole(view)) throw new Error('the server sent a broken frame: reload the page');
  const at = view.getFloat64(1, true), cut = view.getFloat32(9, true);
  let place = HEAD;
  const u16 = () => { place += 2; return view.getUint16(place - 2, true); };
  for (let n = u16(); n > 0; n--) {
    const board = u16(), from = at - u16(), to = at - u16();
    gap(board, from, to);
  }
  for (let boards = u16(); boards > 0; boards--) {
    const board = u16();
    for (let n = u16(); n > 0; n--, place += SPIKE) spike(board, view.getUint8(place), at - view.getUint16(place + 1, true));
  }
  return { at, cut };
}

// whole reports whether a frame has a time, and exactly the gaps, boards and spikes that it counts.
function whole(view) {
  const all = view.byteLength;
  if (all < HEAD + 2 || !Number.isFinite(view.getFloat64(1, true)) || !(view.getFloat32(9, true) >= 0)) return false;
  let place = HEAD + 2 + GAP * view.getUint16(HEAD, true);
  if (place + 2 > all) return false;
  let boards = view.getUint16(place, true);
  for (place += 2; boards > 0 && place + BOARD <= all; boards--) place += BOARD + SPIKE * view.getUint16(place + 2, true);
  return boards === 0 && place === all;
}

const DRIFT = 0.001; // ms per ms, of the known difference: the clocks of a browser and a server drift apart by less

// Film is the film's clock in this browser. Frames come early or late: the earliest count, and the picture is LAG behind them, so that
// nearly every spike is there before its place is drawn. The clock never goes back.
export class Film {
  static LAG = 250; // ms: a batch of 50 ms, its way, and the way to the browser

  constructor() { Object.assign(this, { offset: null, seen: 0, edge: -Infinity, frozen: false }); }

  // see takes the film's time of a frame at its arrival.
  see(at, now) {
    const offset = now - at;
    this.offset = this.offset === null ? offset : Math.min(offset, this.offset + DRIFT * (now - this.seen));
    this.seen = now;
  }

  // freeze stops the clock, or starts it with the next frame.
  freeze(on) {
    if (this.frozen && !on) this.offset = null;
    this.frozen = on;
  }

  // now returns the film's time at the right edge of the picture.
  now(now) {
    if (!this.frozen && this.offset !== null) this.edge = Math.max(this.edge, now - this.offset - Film.LAG);
    return this.edge;
  }
}
