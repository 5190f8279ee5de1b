import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lights, chain, line, ring } from '../page/ring.js';

const one = [{ name: 'n1', count: 1, line: 0 }];
const from = (board, neuron = 'n1', more = {}) => ({ board, neuron, to: 'n1', delay: 250, ...more });
const board = (id, name, links = [], more = {}) => ({ id, name, state: 'online', neurons: one, links, ...more });
// circle has n boards, each with a synapse to the next one.
const circle = (n) => Array.from({ length: n }, (_, k) => board(k + 1, `b${k}`, [from(`b${(k + n - 1) % n}`)]));
const shown = (b) => b.name, wide = (text) => 0.68 * text.length;
const names = (boards) => boards.map((b) => b.name).join(' ');

test('a running light goes round: the target of a board stands beside it', () => {
  const light = circle(5), mixed = [3, 0, 4, 1, 2].map((k) => light[k]);
  assert.equal(names(chain(mixed)), 'b3 b4 b0 b1 b2');
  assert.equal(names(chain([board(1, 'tom'), board(2, 'ida')])), 'tom ida', 'without synapses');
  assert.equal(names(chain([board(1, 'tom', [from('tom')]), board(2, 'ida', [from('away')])])), 'tom ida', 'from itself, and from a board that is away');
  assert.deepEqual(chain([]), []);
});

test('boards lie apart in the window, with their arrows from rim to rim', () => {
  for (const n of [1, 2, 3, 8, 16, 17, 30, 100, 250]) {
    for (const [width, height] of [[307, 600], [512, 620], [768, 900], [1200, 1700]]) {
      const { places, arrows, letters } = ring(circle(n), shown, wide, width, height, 1), all = [...places.values()], at = `${n} boards in ${width} x ${height}`;
      assert.equal(all.length, n);
      for (const [k, a] of all.entries()) {
        assert.ok(a.x - a.body > 0 && a.x + a.body < width && a.y - a.body > 0 && a.y + a.body < height, `${at}: ${a.name} at ${a.x}, ${a.y}`);
        const b = all[(k + 1) % n];
        if (n > 1 && n <= 100) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > 1.5 * a.body, `${at}: ${a.name} on ${b.name}`);
      }
      for (const a of arrows.values()) {
        for (const [x, y, e] of [[a.x1, a.y1, a.from], [a.x2, a.y2, a.to]]) {
          const d = Math.hypot(x - e.x, y - e.y);
          assert.ok(d > e.body && d < 1.5 * e.body, `${at}: an arrow ${d} px from the middle of ${e.name}`);
        }
      }
      if (n <= 48) assert.ok(letters >= Math.min(width, height) / 28, `${at}: letters of ${letters} px`);
    }
  }
  assert.equal(ring([], shown, wide, 500, 500, 1).places.size, 0);
});

test('names are in the window, and upright where they do not meet', () => {
  for (const [n, name, upright] of [[1, 'Ängström-Öztürk', true], [2, 'Ängström-Öztürk', true], [8, 'mara', true], [14, 'mara', true], [14, 'Ängström-Öztürk', false], [30, 'ida', false]]) {
    const { places, letters, upright: is } = ring(circle(n), () => name, wide, 512, 680, 1), at = `${n} boards ${name}`;
    assert.equal(is, upright, at);
    for (const { short, a, x, y, body } of places.values()) {
      assert.equal(short, name.length > 12 ? 'Ängström-Öz…' : name);
      const far = body * 1.6 + letters * 0.35, w = letters * wide(short), ends = [x, x]; // as map.js draws them
      if (!is) ends[1] += (far + w) * Math.cos(a);
      else if (Math.abs(Math.cos(a)) < 0.3) ends.splice(0, 2, x - w / 2, x + w / 2);
      else ends[1] += far * Math.cos(a) + Math.sign(Math.cos(a)) * w;
      assert.ok(Math.min(...ends) > 0 && Math.max(...ends) < 512, `${at}: a name from ${ends}`);
      const end = y + (is ? far + letters : far + w) * Math.sin(a);
      assert.ok(end > 0 && end < 680, `${at}: a name up to ${end}`);
    }
  }
});

test('there is an arrow for each pair of boards, one more if it inhibits too, and a text of all', () => {
  const all = [
    board(1, 'mara'),
    board(2, 'jörg', [from('mara'), from('mara', 'n2', { delay: 20 }), from('mara', 'n1', { inhibits: true }), from('away')], { state: 'gone' }),
    board(3, 'ida', [from('ida')]),
  ];
  const map = ring(all, (b) => (b.id === 2 ? 'Jörg & Ülkü' : b.name), wide, 500, 500, 2);
  assert.deepEqual([...map.arrows.keys()], ['1 2 false', '1 2 true', '3 3 false']);
  assert.deepEqual(map.arrows.get('1 2 false').ways, [{ line: 0, delay: 250 }, { line: -1, delay: 20 }]);
  assert.equal(map.text, 'mara projects to Jörg & Ülkü. mara projects to Jörg & Ülkü and inhibits it. ida projects to ida');
  const { state, name, short } = map.places.get(2);
  assert.deepEqual([state, name, short], ['gone', 'Jörg & Ülkü', 'Jörg & Ülkü']);
  assert.deepEqual([...map.from].map(([id, own]) => [id, own.map((a) => a.key)]), [[1, ['1 2 false', '1 2 true']], [3, ['3 3 false']]]);
});

test('a neuron or member has the line of the raster', () => {
  const few = { neurons: [{ name: 'n1', count: 1 }, { name: 'crowd', count: 3 }, { name: 'n2', count: 1 }] };
  for (const [neuron, want] of [['n1', 0], ['crowd', 1], ['crowd.1', 1], ['crowd.3', 3], ['n2', 4], ['crowd.4', -1], ['crowd.0', -1], ['crowd.x', -1], ['x', -1]]) {
    assert.equal(line(few, neuron), want, neuron);
  }
  const many = { neurons: [{ name: 'n1', count: 1 }, { name: 'n2', count: 640 }] }; // as in Go's TestLinesAreShared
  for (const [neuron, want] of [['n1', 0], ['n2', 0], ['n2.1', 0], ['n2.11', 1], ['n2.640', 63]]) assert.equal(line(many, neuron), want, neuron);
  assert.equal(line({}, 'n1'), -1, 'before its hello');
});

test('a board lights up at its spike, and a dot goes along the arrow for the delay', () => {
  const map = ring(circle(3), shown, wide, 500, 500, 1), l = new Lights();
  l.spike(1, 0, 1000);
  l.spike(1, 0, 1050); // too close for another dot
  l.spike(1, 0, 1100);
  l.spike(2, 3, 1100); // a neuron without a synapse
  l.spike(99, 0, 1000); // a board that the map does not have
  l.step(999, map);
  assert.deepEqual([l.lit.size, l.dots.length, l.coming.length], [0, 0, 5], 'before their time');
  l.step(1060, map);
  assert.deepEqual([[...l.lit], l.dots], [[[1, 1050]], [{ at: 1000, until: 1250, key: '1 2 false' }]]);
  l.step(1100, map);
  assert.deepEqual([[...l.lit], l.dots.map((d) => d.at)], [[[1, 1100], [2, 1100]], [1000, 1100]]);
  l.step(1250, map);
  assert.deepEqual(l.dots.map((d) => d.at), [1100], 'the first one has arrived');
  l.step(1260, ring([board(1, 'b0'), board(2, 'b1')], shown, wide, 500, 500, 1));
  assert.deepEqual(l.dots, [], 'the arrow is gone');
});

test('delays below 20 ms have no dot, and lights and dots are limited', () => {
  const map = ring([board(1, 'a'), board(2, 'b', [from('a', 'n1', { delay: 19 })])], shown, wide, 500, 500, 1), l = new Lights();
  l.spike(1, 0, 1000);
  l.step(1000, map);
  assert.deepEqual([l.dots, [...l.lit]], [[], [[1, 1000]]]);
  for (let k = 0; k < 30_000; k++) l.spike(1, 0, 2000);
  assert.equal(l.coming.length, 20_000);
  const all = ring(Array.from({ length: 30 }, (_, k) => board(k + 1, `b${k}`, Array.from({ length: 30 }, (_, j) => from(`b${j}`)))), shown, wide, 500, 500, 1), many = new Lights();
  for (let k = 1; k <= 30; k++) many.spike(k, 0, 1000);
  many.step(1000, all);
  assert.deepEqual([all.arrows.size, many.dots.length], [900, 400]);
});
