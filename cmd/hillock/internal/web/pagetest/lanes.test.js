import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanes } from '../page/lanes.js';

const trunk = (left, right) => ({ left, right });

test('a trunk without a way up or down has no lane', () => {
  const all = [trunk([10], [10]), trunk([], []), trunk([30], [])];
  assert.deepEqual(lanes(all), { count: 0, cost: 0 });
  assert.deepEqual(all.map((t) => t.lane), [-1, -1, -1]);
});

test('trunks that do not run beside each other share a lane', () => {
  const all = [trunk([0], [20]), trunk([100], [140])];
  assert.deepEqual(lanes(all), { count: 1, cost: 0 });
  assert.deepEqual(all.map((t) => t.lane), [0, 0]);
});

test('trunks that run beside each other have lanes of their own', () => {
  const all = [trunk([0], [100]), trunk([50], [150])];
  assert.equal(lanes(all).count, 2);
  assert.notEqual(all[0].lane, all[1].lane);
});

test('an order without crossings is found, whatever the order they come in', () => {
  // Left ends 0, 20, 40; right ends 100, 120, 140: each is to run left of the one above it.
  const make = () => [trunk([0], [100]), trunk([20], [120]), trunk([40], [140])];
  for (const order of [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]) {
    const all = make(), found = lanes(order.map((k) => all[k]));
    assert.deepEqual(found, { count: 3, cost: 0 }, `order ${order}`);
    assert.deepEqual(all.map((t) => t.lane), [2, 1, 0], `order ${order}`);
  }
});

test('crossings that cannot be avoided are counted', () => {
  const all = [trunk([0, 100], [50]), trunk([40, 60], [0, 100])];
  assert.ok(lanes(all).cost > 0);
});
