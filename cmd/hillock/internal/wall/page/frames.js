// The frames of the server: the spikes and gaps since the frame before, and the clock of the picture.

const VERSION = 1;

// read calls spike(board, line, at) and gap(board, from, to) for the news of a frame, with times on the film in ms. It returns the time
// of the frame and the length of a freeze before it in s.
export function read(buffer, spike, gap) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) throw new Error('the server has another version: reload the page');
  const at = view.getFloat64(1, true), cut = view.getFloat32(9, true);
  let place = 13;
  const u16 = () => { place += 2; return view.getUint16(place - 2, true); };
  for (let n = u16(); n > 0; n--) {
    const board = u16(), from = at - u16(), to = at - u16();
    gap(board, from, to);
  }
  for (let boards = u16(); boards > 0; boards--) {
    const board = u16();
    for (let n = u16(); n > 0; n--, place += 3) spike(board, view.getUint8(place), at - view.getUint16(place + 1, true));
  }
  return { at, cut };
}

const DRIFT = 0.001; // of the known difference, per ms: a browser's clock and the server's differ by less

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
