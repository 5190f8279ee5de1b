import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next } from '../page/link.js';

test('the delay between attempts doubles up to ten seconds', () => {
  const delays = [500];
  while (delays.length < 8) delays.push(next(delays.at(-1)));
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 10000, 10000, 10000]);
});
