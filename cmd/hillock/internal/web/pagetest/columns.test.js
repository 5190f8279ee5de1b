import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Columns, IMAX, SMAX, SMIN, VLAST, VMAX, VMIN, WMAX, within } from '../page/columns.js';

// frame encodes a frame as frame.go does. columns has five numbers for each cell, and four more with inner. spikes has the steps of each
// cell, sources those of each source. rasters have the step and the row of each spike.
function frame({ version = 2, first = 1, per = 10, run = 0, missed = 0, outputs = 0, cells = 1, columns = [], spikes = [[]], sources = [], inner = [], rasters = [] }) {
  const view = new DataView(new ArrayBuffer(1 << 21));
  let at = 33;
  const u32 = (v) => { view.setUint32(at, v, true); at += 4; }, f64 = (v) => { view.setFloat64(at, v, true); at += 8; };
  view.setUint8(0, version);
  view.setUint8(1, cells);
  view.setUint16(2, columns.length, true);
  view.setFloat64(4, first, true);
  view.setFloat64(12, per, true);
  view.setUint32(20, missed, true);
  view.setUint32(24, outputs, true);
  view.setUint32(28, run, true);
  view.setUint8(32, sources.length);
  for (let c = 0; c < cells; c++) view.setUint8(at++, (inner[c] ? 1 : 0) + (rasters[c] ? 2 : 0));
  for (const v of columns.flat()) { view.setFloat32(at, v, true); at += 4; }
  for (const own of [...spikes, ...sources]) {
    u32(own.length);
    for (const s of own) f64(s);
  }
  for (const r of rasters.filter(Boolean)) {
    u32(r.length);
    for (const [step, row] of r) { u32(step - first); view.setUint16(at, row, true); at += 2; }
  }
  return view.buffer.slice(0, at);
}

const flat = (v) => [v, v + 1, v + 2, v + 3, v + 4];
const times = (n, v = 0) => Array.from({ length: n }, (_, k) => flat(v + k));

test('a frame fills columns and returns its spikes', () => {
  const c = new Columns(1);
  const fresh = c.read(frame({ first: 11, per: 10, missed: 7, outputs: 5, columns: times(3, 100), spikes: [[12, 35]] }));
  assert.deepEqual(fresh, { first: 11, spikes: [[12, 35]] });
  assert.deepEqual([c.count, c.begin, c.end, c.missed, c.outputs], [3, 11, 40, 7, 5]);
  assert.deepEqual([VMIN, VMAX, VLAST, IMAX].map((what) => c.value(1, 0, what)), [101, 102, 103, 105]);
  assert.deepEqual([c.start(2), c.width(2)], [31, 10]);
});

test('cells are kept apart', () => {
  const c = new Columns(2);
  c.read(frame({ cells: 2, columns: [[...flat(1), ...flat(50)], [...flat(2), ...flat(60)]], spikes: [[3], [4, 15]] }));
  assert.deepEqual([c.value(0, 0, VMIN), c.value(0, 1, VMIN), c.value(1, 1, VMIN)], [1, 50, 60]);
  assert.deepEqual(c.spikes, [[3], [4, 15]]);
});

test('a frame of the past replaces its steps, and no spike counts twice', () => {
  const c = new Columns(1);
  c.read(frame({ first: 101, per: 10, columns: times(5), spikes: [[105, 125, 145]] }));
  const fresh = c.read(frame({ first: 91, per: 5, columns: times(8, 500), spikes: [[95, 105, 125]] })); // steps 91 to 130
  assert.deepEqual(fresh.spikes, [[]], 'all of them are older than the latest spike');
  assert.deepEqual(c.spikes, [[95, 105, 125, 145]]);
  assert.deepEqual([c.count, c.begin, c.end], [8, 91, 130]);
});

test('another run begins anew, with its steps from 1', () => {
  const c = new Columns(1);
  c.read(frame({ first: 9001, columns: times(2), spikes: [[9005]], run: 1 }));
  const fresh = c.read(frame({ first: 1, columns: times(1), spikes: [[4]], run: 2 }));
  assert.deepEqual(fresh.spikes, [[4]]);
  assert.deepEqual([c.count, c.begin, c.end, c.spikes], [1, 1, 10, [[4]]]);
});

test('a frame with other cells is left out, and one of another version is an error', () => {
  const c = new Columns(2);
  assert.equal(c.read(frame({ columns: times(1) })), null);
  assert.equal(c.count, 0);
  assert.throws(() => c.read(frame({ version: 1 })), /^Error: the server sends frames of version 1, this page reads version 2: reload the page$/);
});

test('missed steps are an empty column', () => {
  const c = new Columns(1);
  c.read(frame({ columns: [flat(0), [NaN, NaN, NaN, NaN, NaN]] }));
  assert.deepEqual([c.empty(0), c.empty(1)], [false, true]);
});

test('a frame without columns changes the outputs alone', () => {
  const c = new Columns(1);
  c.read(frame({ columns: times(2), spikes: [[5]] }));
  c.read(frame({ first: 21, outputs: 1 }));
  assert.deepEqual([c.count, c.end, c.outputs, c.spikes], [2, 20, 1, [[5]]]);
});

test('the ring drops the oldest columns', () => {
  const c = new Columns(1), size = 1 << 16, part = 1 << 14;
  for (let k = 0; k < 5; k++) c.read(frame({ first: 1 + k * part, per: 1, columns: times(part, k) }));
  assert.deepEqual([c.count, c.begin, c.end], [size, 1 + part, 5 * part]);
  assert.equal(c.value(0, 0, VMIN), 1, 'the first column of the second frame');
});

test('the oldest spikes of a long train are dropped', () => {
  const c = new Columns(1), many = Array.from({ length: 60000 }, (_, k) => k + 1);
  c.read(frame({ per: 60000, columns: times(1), spikes: [many] }));
  assert.deepEqual([c.spikes[0].length, c.spikes[0][0], c.spikes[0].at(-1)], [25000, 35001, 60000]);
});

test('at finds the column of a step, or the one after it', () => {
  const c = new Columns(1);
  c.read(frame({ first: 11, per: 10, columns: times(3) }));
  c.read(frame({ first: 101, per: 10, columns: times(1) }));
  assert.deepEqual([1, 11, 20, 21, 40, 41, 110, 111].map((step) => c.at(step)), [0, 0, 0, 1, 2, 3, 3, 4]);
  assert.equal(new Columns(1).at(5), 0);
});

test('spikesIn includes both ends', () => {
  const c = new Columns(1);
  c.read(frame({ per: 100, columns: times(1), spikes: [[10, 20, 30, 40]] }));
  assert.deepEqual([c.spikesIn(0, 20, 30), c.spikesIn(0, 21, 29), c.spikesIn(0, 31, 1000), c.spikesIn(0, -5, 9)], [[20, 30], [], [40], []]);
});

test('intervals are those of the server until a Clear', () => {
  const c = new Columns(1), server = { since: 0, n: 7, mean_ms: 13.9, cv: 0.01 };
  c.read(frame({ columns: times(10), spikes: [[10, 30, 70]] }));
  assert.deepEqual(c.intervals(0, 0), [20, 40]);
  assert.equal(c.measured(0, server, 0.1), server);
  c.forget();
  assert.deepEqual(c.measured(0, server, 0.1), { since: 101, n: 0, mean_ms: 0, cv: 0 });
  c.read(frame({ first: 101, columns: times(10), spikes: [[110, 130, 170]] }));
  const own = c.measured(0, server, 0.1);
  assert.deepEqual({ ...own, cv: Number(own.cv.toFixed(6)) }, { since: 101, n: 2, mean_ms: 3, cv: 0.333333 });
  assert.deepEqual(c.measured(0, { ...server, since: 120 }, 0.1), { ...server, since: 120 });
});

test('a pause keeps its columns, and the spikes go on', () => {
  const c = new Columns(1);
  c.read(frame({ columns: times(10) }));
  c.until = 101;
  c.read(frame({ first: 101, columns: times(10), spikes: [[150]] }));
  assert.deepEqual([c.end, c.spikes[0]], [100, [150]]);
  c.read(frame({ first: 91, columns: times(1, 7) })); // earlier steps anew
  assert.deepEqual([c.end, c.value(9, 0, VMIN)], [100, 7]);
});

test('inner currents, sources and rasters are kept apart', () => {
  const c = new Columns(2), columns = [[...flat(1), 11, 12, 13, 14, ...flat(50)], [...flat(2), 21, 22, 23, 24, ...flat(60)]];
  const shape = { cells: 2, inner: [true, false], sources: [[7]] };
  const fresh = c.read(frame({ ...shape, columns, spikes: [[3], [4, 15]], rasters: [[[2, 0], [9, 199]]] }));
  assert.deepEqual(fresh.spikes, [[3], [4, 15]]);
  assert.deepEqual([SMIN, SMAX, WMAX].map((what) => c.value(1, 0, what)), [21, 22, 24]);
  assert.deepEqual([c.value(0, 1, VMIN), c.value(1, 1, IMAX), c.inner(0), c.inner(1)], [50, 64, true, false]);
  assert.deepEqual([c.sources, c.rasters[0], c.rasters[1]], [[[7]], [[2, 0], [9, 199]], null]);
  c.read(frame({ ...shape, first: 11, columns: [columns[1]], spikes: [[], [15]], sources: [[12]], rasters: [[[12, 3]]] }));
  assert.deepEqual(c.rasters[0], [[2, 0], [9, 199], [12, 3]]);
  assert.deepEqual(within(c.rasters[0], 9, 11, ([step]) => step), [[9, 199]]);
});
