import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Strip } from '../page/strip.js';
import { frame } from './frame.js';

// canvas notes what is drawn, as 'colour/alpha x y width height', and what is cleared.
function canvas() {
  const drawn = [], cleared = [], ink = {
    fillRect: (...rect) => drawn.push(`${ink.fillStyle}/${ink.globalAlpha} ${rect.join(' ')}`),
    clearRect: (...rect) => cleared.push(rect.join(' ')),
  };
  return { drawn, cleared, getContext: () => ink, all: () => drawn.splice(0), gone: () => cleared.splice(0) };
}

const row = (...colors) => ({ lines: colors.length, inks: colors.map((color) => ({ color, alpha: 1 })) });

// strip has 100 ms per px, 20 px per board and spikes of 1 px.
function strip(rows, edge) {
  const c = canvas(), s = new Strip(c);
  s.place({ wide: 100, high: 20, tick: 1, rows: new Map(Object.entries(rows).map(([id, r]) => [Number(id), r])), red: 'red' }, edge);
  return { c, s };
}

test('a spike is at its time in the line of its neuron', () => {
  const { c, s } = strip({ 5: row('a', 'b'), 2: row('c') }, 10_000); // 2 comes first: numbers of an object are sorted
  assert.equal(s.take(frame({ at: 10_000, spikes: { 2: [[0, 9000]], 5: [[0, 8000], [1, 7000]] } }), 10_000), 10_000);
  assert.deepEqual(c.all(), ['c/1 10 1 1 16', 'a/1 20 21 1 8', 'b/1 30 30 1 8']);
});

test('the columns are used again, without the spikes of before', () => {
  const { c, s } = strip({ 1: row('a') }, 0); // columns of 10.6 s, clear up to 600 ms
  assert.deepEqual([s.x(0), s.x(10_599), s.x(10_600), s.x(-100)], [0, 105, 0, 105]);
  s.take(frame({ at: 1000 }), 400);
  assert.deepEqual(c.gone(), ['6 0 4 20']);
  s.clear(300);
  assert.deepEqual(c.gone(), [], 'not back in time');
  s.clear(9_900);
  s.clear(10_200); // around the end
  assert.deepEqual(c.gone(), ['10 0 95 20', '105 0 1 20', '0 0 2 20']);
  s.clear(30_000); // a tab that was hidden
  assert.deepEqual(c.gone(), ['0 0 106 20']);
});

test('spikes of other boards, of earlier lines, and beyond the picture are left out', () => {
  const { c, s } = strip({ 1: row('a') }, 20_000);
  s.take(frame({ at: 20_000, spikes: { 1: [[1, 5], [0, 10_000]], 9: [[0, 5]] } }), 20_000); // line 1 is of its run before, with two neurons
  s.take(frame({ at: 21_000, spikes: { 1: [[0, 300]] } }), 20_000); // 700 ms ahead
  assert.deepEqual(c.all(), []);
});

test('a gap is red over the height of its board, and goes on at the begin of the strip', () => {
  const { c, s } = strip({ 1: row('a'), 2: row('b', 'c') }, 10_000);
  s.take(frame({ at: 10_000, gaps: [[2, 1000, 500], [2, 50, 40], [9, 1000, 500]] }), 10_000);
  assert.deepEqual(c.all(), ['red/1 90 20 5 20', 'red/1 99 20 2 20'], 'at least 2 px wide');
  s.take(frame({ at: 10_900, gaps: [[1, 900, 100]] }), 10_500);
  assert.deepEqual(c.all(), ['red/1 100 0 8 20', 'red/1 -6 0 8 20']);
  s.take(frame({ at: 21_000, gaps: [[1, 20_000, 1000]] }), 21_000);
  assert.deepEqual(c.all(), ['red/1 4 0 90 20'], 'from the left edge of the picture');
});

test('a board that goes and returns keeps its spikes, and the others do not move', () => {
  const { c, s } = strip({ 1: row('a'), 2: row('b') }, 10_000);
  s.take(frame({ at: 10_000, spikes: { 1: [[0, 500]], 2: [[0, 500]] } }), 10_000);
  c.all();
  const at = (rows) => { s.place({ wide: 100, high: 20, tick: 1, rows: new Map(rows), red: 'red' }, 10_000); return c.all(); };
  assert.deepEqual(at([[2, row('b')]]), ['b/1 95 1 1 16']);
  assert.deepEqual(at([[2, row('b')], [1, row('a')]]), ['a/1 95 21 1 16', 'b/1 95 1 1 16']);
  assert.deepEqual(at([]), [], 'all of them muted');
});

test('frames of the picture are kept, and the ends of freezes', () => {
  const { s } = strip({ 1: row('a') }, 0);
  for (let at = 1000; at <= 20_000; at += 1000) s.take(frame({ at, cut: at === 15_000 ? 7 : at === 3000 ? 2 : 0 }), at);
  assert.deepEqual(s.frames.map((f) => f.at), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((x) => 1000 * x));
  assert.deepEqual(s.cuts, [{ at: 15_000, seconds: 7 }]);
  s.empty();
  assert.deepEqual([s.frames, s.cuts], [[], []]);
});

test('another server begins anew with its own clock', () => {
  const { c, s } = strip({ 1: row('a') }, 500_000);
  s.take(frame({ at: 500_000, spikes: { 1: [[0, 10]] } }), 500_000);
  s.empty();
  c.all();
  s.place({ wide: 100, high: 20, tick: 1, rows: new Map([[1, row('a')]]), red: 'red' }, -Infinity); // before its first frame
  s.take(frame({ at: 2000, spikes: { 1: [[0, 100]] } }), 1900);
  assert.deepEqual([c.all(), s.frames.length], [['a/1 19 1 1 16'], 1]);
});

test('a broken frame is not kept', () => {
  const { c, s } = strip({ 1: row('a') }, 1000), whole = frame({ at: 1000, spikes: { 1: [[0, 100], [0, 200]] } });
  assert.throws(() => s.take(whole.slice(0, -1), 1000), /broken frame/);
  assert.deepEqual([c.all(), s.frames], [[], []]);
});

test('frames before the layout are drawn with it', () => {
  const c = canvas(), s = new Strip(c);
  s.take(frame({ at: 1000, spikes: { 1: [[0, 100]] } }), -Infinity);
  assert.deepEqual(c.all(), []);
  s.place({ wide: 100, high: 20, tick: 1, rows: new Map([[1, row('a')]]), red: 'red' }, 1000);
  assert.deepEqual(c.all(), ['a/1 9 1 1 16']);
});
