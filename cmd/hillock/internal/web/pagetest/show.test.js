import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv, number, single, splits, time } from '../page/show.js';

test('number has a true minus, and a dash where there is none', () => {
  const cases = [[-59.84, 1, '−59.8'], [2, 2, '2.00'], [0, 1, '0.0'], [-0.04, 1, '0.0'], [1e-9, 3, '0.000'],
    [null, 1, '–'], [undefined, 1, '–'], [NaN, 1, '–'], [Infinity, 1, '–']];
  for (const [x, digits, want] of cases) assert.equal(number(x, digits), want, `${x} with ${digits}`);
});

test('time has the unit that fits', () => {
  const cases = [[0, '0 ms'], [0.0004, '0 µs'], [0.035, '35 µs'], [0.9999, '1 ms'], [1, '1 ms'], [12.345, '12.3 ms'], [999, '999 ms'], [999.9, '1 s'], [1000, '1 s'], [20000, '20 s']];
  for (const [ms, want] of cases) assert.equal(time(ms), want, `${ms} ms`);
});

test('csv quotes what needs it', () => {
  assert.equal(csv([['neuron', 'ms'], ['a,b', 1], ['say "n"', 2], ['two\nlines', 3]]), 'neuron,ms\n"a,b",1\n"say ""n""",2\n"two\nlines",3\n');
  assert.equal(csv([]), '\n');
});

test('single is the shortest decimal of a 32-bit float', () => {
  const cases = [[0.1, 0.1], [-61.34, -61.34], [2, 2], [1 / 3, 0.33333334], [1e-7, 1e-7], [16777216, 16777216]];
  for (const [x, want] of cases) assert.equal(single(Math.fround(x)), want, `${x}`);
  assert.equal(single(NaN), '');
});

test('an axis has at least two numbers', () => {
  const cases = [[-0.3, 5.3, 5, [0, 5]], [0.1, 4.9, 5, [2, 4]], [-0.02, 0.02, 1, [-0.02, 0, 0.02]], [-500, 0, 100, [-500, -400, -300, -200, -100, 0]], [1, 1, 1, []]];
  for (const [low, high, step, want] of cases) assert.deepEqual(splits(null, 1, low, high, step).map((v) => Number(v.toFixed(9)) + 0), want, `${low} to ${high}`);
});
