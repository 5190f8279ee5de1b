import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEIGHT, RADIUS, WIDTH, along, place } from '../page/graph.js';

const neurons = (n) => Array.from({ length: n }, (_, k) => ({ name: `n${k + 1}`, neuron: k }));
const input = { name: 'in', neuron: -1, source: 0 };
const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

function roomy(at) {
  for (const [k, a] of at.entries()) {
    assert.ok(a.x >= RADIUS && a.x <= WIDTH - RADIUS && a.y >= RADIUS && a.y <= HEIGHT - RADIUS, `${k} at ${a.x}, ${a.y}`);
    for (const b of at.slice(k + 1)) assert.ok(apart(a, b) > 2 * RADIUS, `two neurons ${apart(a, b)} px apart`);
  }
}

test('neurons of a cycle lie apart in a circle, and their paths go from one to the other', () => {
  for (let n = 1; n <= 8; n++) {
    const pairs = n === 1 ? [] : Array.from({ length: n }, (_, k) => [k, (k + 1) % n]), { at, paths } = place(neurons(n), [pairs]);
    roomy(at);
    pairs.forEach(([from, to], k) => {
      assert.ok(Math.abs(apart(along(paths[0][k], 0), at[from]) - RADIUS) < 5 && apart(along(paths[0][k], 1), at[to]) < RADIUS + 12);
    });
  }
});

test('neurons without a way back lie in layers, and a path goes around a neuron', () => {
  // in -> n1, n2 -> n3 -> n4, and n1, n2 -> n4 past n3
  const places = [...neurons(4), input], { at, paths } = place(places, [[[4, 0]], [[0, 2], [1, 2]], [[2, 3]], [[0, 3], [1, 3]]]);
  roomy(at);
  assert.deepEqual([4, 0, 2, 3].map((k) => at[k].x), [...new Set([4, 0, 2, 3].map((k) => at[k].x))].sort((a, b) => a - b));
  for (const path of paths[3]) for (let t = 0; t <= 1; t += 0.05) assert.ok(apart(along(path, t), at[2]) > RADIUS, 'through n3');
});

test('eight neurons of a layer have room', () => {
  for (let n = 1; n <= 8; n++) roomy(place(neurons(n + 1), [Array.from({ length: n }, (_, k) => [n, k])]).at);
});

test('the paths to and fro lie beside each other, and so do two paths of the same neurons', () => {
  const { paths } = place(neurons(2), [[[0, 1]], [[1, 0]], [[0, 1]]]), middles = paths.map(([p]) => along(p, 0.5));
  for (const [a, b] of [[0, 1], [0, 2], [1, 2]]) assert.ok(apart(middles[a], middles[b]) > 10, `${a} and ${b}`);
});

test('a synapse onto the same neuron leaves it and comes back', () => {
  const { at, paths } = place(neurons(2), [[[0, 0], [0, 1]]]), far = along(paths[0][0], 0.5);
  assert.ok(apart(far, at[0]) > RADIUS + 10 && apart(far, at[1]) > apart(at[0], at[1]), 'away from the other neuron');
});

test('spike inputs are left of a circle', () => {
  const { at } = place([...neurons(3), input], [[[0, 1], [1, 2], [2, 0], [3, 0]]]);
  roomy(at);
  assert.ok(at.slice(0, 3).every(({ x }) => x > at[3].x + 2 * RADIUS));
});
