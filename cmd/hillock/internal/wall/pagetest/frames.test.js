import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { URL } from 'node:url';
import { Film, read } from '../page/frames.js';
import { frame } from './frame.js';

// news returns what read makes of a frame.
function news(buffer) {
  const spikes = [], gaps = [], times = read(buffer, (...spike) => spikes.push(spike), (...gap) => gaps.push(gap));
  return { ...times, spikes, gaps };
}

test('a frame has the spikes and gaps of all boards, and its own times', () => {
  assert.deepEqual(news(frame({ at: 100_020, cut: 60, gaps: [[1, 250, 150], [250, 20_000, 0]], spikes: { 1: [[0, 150], [63, 0]], 65535: [[2, 65535]] } })), {
    at: 100_020, cut: 60, gaps: [[1, 99_770, 99_870], [250, 80_020, 100_020]], spikes: [[1, 0, 99_870], [1, 63, 100_020], [65535, 2, 34_485]],
  });
  assert.deepEqual(news(frame({ at: 33.5 })), { at: 33.5, cut: 0, gaps: [], spikes: [] }, 'without news');
  assert.equal(news(frame({ spikes: { 7: Array.from({ length: 40_000 }, () => [1, 2]) } })).spikes.length, 40_000);
});

test('a frame of the server has what the Go test put in', () => {
  const bytes = readFileSync(new URL('../testdata/frame.hex', import.meta.url), 'utf8').trim().match(/../g).map((x) => parseInt(x, 16));
  assert.deepEqual(news(new Uint8Array(bytes).buffer), {
    at: 41_000, cut: 60, gaps: [[3, 40_250, 40_350]], spikes: [[3, 0, 40_400], [3, 2, 41_000], [300, 63, 40_999]],
  });
});

test('a frame of another version has the way out in its error', () => {
  for (const version of [0, 2, 255]) assert.throws(() => news(frame({ version })), { message: 'the server has another version: reload the page' });
});

test('a broken frame is an error, and has no news', () => {
  const good = { at: 1000, gaps: [[3, 200, 100]], spikes: { 1: [[0, 10], [1, 20]], 2: [[0, 30]] } }, whole = frame(good);
  const broken = [new ArrayBuffer(0)];
  for (let length = 1; length < whole.byteLength; length++) broken.push(whole.slice(0, length)); // cut off
  const longer = new Uint8Array(whole.byteLength + 1);
  longer.set(new Uint8Array(whole));
  broken.push(longer.buffer, frame({ ...good, at: NaN }), frame({ ...good, at: Infinity }), frame({ ...good, cut: NaN }), frame({ ...good, cut: -1 }));
  for (const place of [13, 21, 25, 35]) { // the numbers of gaps, of boards and of spikes
    for (const number of [0, 1, 2, 3, 65535]) {
      const view = new DataView(whole.slice(0));
      if (view.getUint16(place, true) === number) continue;
      view.setUint16(place, number, true);
      broken.push(view.buffer);
    }
  }
  for (const buffer of broken) {
    const never = () => assert.fail(`news of a broken frame of ${buffer.byteLength} bytes`);
    assert.throws(() => read(buffer, never, never), { message: 'the server sent a broken frame: reload the page' });
  }
});

test('the picture is a fixed time behind the earliest frame', () => {
  const film = new Film();
  assert.equal(film.now(5000), -Infinity, 'before the first frame');
  film.see(1000, 5000); // offset 4000 ms
  assert.equal(film.now(5000), 1000 - Film.LAG);
  film.see(1033, 5200); // late: the offset grows by 0.2 ms
  assert.ok(Math.abs(film.now(5200) - (1200 - Film.LAG)) < 0.21);
  film.see(1300, 5290); // earlier than all before
  assert.equal(film.now(5290), 1300 - Film.LAG);
});

test('the picture never goes back, and follows a slower clock', () => {
  const film = new Film();
  film.see(1000, 2000);
  const edge = film.now(2500);
  film.see(1000, 2600); // a server that hung
  assert.ok(film.now(2601) >= edge);
  for (let s = 0; s < 2000; s++) { // the server's clock runs 500 ppm slower
    film.see(1000 + 999.5 * s, 2000 + 1000 * s);
  }
  assert.ok(Math.abs(film.now(2_001_000) - (1000 + 999.5 * 1999 - Film.LAG)) < 1);
});

test('a frozen picture goes on where it stood', () => {
  const film = new Film();
  film.see(1000, 2000);
  const stood = film.now(2100);
  film.freeze(true);
  film.freeze(true);
  assert.deepEqual([film.now(2200), film.now(60_000)], [stood, stood]);
  film.freeze(false);
  assert.equal(film.now(60_100), stood, 'before the next frame');
  film.see(1000, 60_120); // a late frame would go back
  assert.equal(film.now(60_120), stood);
  film.see(1150, 60_150); // the server's film stood still too
  assert.equal(film.now(60_200), 1200 - Film.LAG);
});
