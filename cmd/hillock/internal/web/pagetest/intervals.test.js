import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogram, intervals, statistics } from '../page/intervals.js';

test('intervals lie between spikes, the latest of them', () => {
  const spikes = [100, 240, 379, 518];
  assert.deepEqual(intervals(spikes, 10), [140, 139, 139]);
  assert.deepEqual(intervals(spikes, 2), [139, 139]);
  assert.deepEqual([intervals([], 10), intervals([7], 10)], [[], []]);
});

test('statistics are the mean and the CV', () => {
  assert.deepEqual(statistics([1, 3]), { mean: 2, cv: 0.5 });
  assert.deepEqual(statistics([139]), { mean: 139, cv: 0 });
  assert.deepEqual(statistics([]), { mean: NaN, cv: NaN });
});

test('each interval is in the bin around it', () => {
  for (const all of [[139], [139, 140], [100, 129], [100, 130], [1, 5000], Array.from({ length: 1000 }, (_, k) => 1 + (k * 37) % 991)]) {
    const { at, counts } = histogram(all), width = at[1] - at[0];
    assert.equal(counts.reduce((a, b) => a + b), all.length);
    for (const n of all) assert.ok(at.some((x, k) => counts[k] > 0 && Math.abs(n - x) <= (width - 1) / 2), `${n} of ${all.length}`);
    assert.deepEqual([...counts.slice(0, 2), ...counts.slice(-2)], [0, 0, 0, 0], 'empty bins at the edges');
  }
});
