import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv, number, time } from '../page/show.js';

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
