import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange, count, figures, moved, ordered } from '../page/layout.js';

// projectors have a width and a height, px; the rasters have less of both.
const projectors = [[1024, 768], [1280, 800], [1920, 1080], [3840, 2160]];
const words = 4.5, troubles = 8; // widths of "skipped" and of "999k skipped" in letters of 1 px
const place = (n, width, height, screen, longest = 5) => arrange(n, width, height, screen, longest, words, troubles);

test('each board has its place in the window, and its name room beside any trouble', () => {
  for (const [width, height] of projectors) {
    for (const longest of [3, 5, 9]) {
      for (const n of [1, 2, 7, 8, 30, 31, 100, 250]) {
        const l = place(n, width, height - 120, height, longest), beside = (l.terse ? words : troubles) * l.rate, at = `${n} boards at ${width} x ${height}, names of ${longest}`;
        assert.ok(l.columns * l.rows >= n && (l.columns - 1) * l.rows < n, `${at}: ${l.columns} columns of ${l.rows}`);
        assert.ok(l.rows * l.row + l.axis <= height - 120, `${at}: higher than the window`);
        assert.ok(Math.abs(l.columns * l.each + (l.columns - 1) * l.gap - width) < 1e-6, `${at}: not as wide as the window`);
        assert.ok(l.label <= 0.58 * l.each + 1, `${at}: a label of ${l.label} px of ${l.each}`);
        assert.ok(l.label >= (l.tall ? Math.max(longest * l.name, beside) : longest * l.name + beside) + l.name, `${at}: a name without room`);
        assert.ok(l.name * (l.tall ? 1.15 : 1) + (l.tall ? l.rate : 0) <= l.row, `${at}: letters higher than the row`);
      }
    }
  }
});

test('the last row of a classroom reads the names of 30 boards, the middle those of 100', () => {
  for (const [width, height] of projectors) {
    for (const [n, part, least] of [[1, 1, 20.1], [8, 0.6, 24], [30, 0.69, 40], [100, 1, 57]]) {
      const { name } = place(n, part * width, height - 110, height);
      assert.ok(name >= height / least, `${n} boards at ${width} x ${height}: names of 1/${(height / name).toFixed(1)} of the screen`);
    }
  }
});

test('one column has the longest picture, and a full room more columns', () => {
  const columns = (n) => place(n, 1900, 960, 1080).columns;
  assert.deepEqual([1, 8, 22, 23, 30, 100, 250].map(columns), [1, 1, 1, 2, 2, 4, 7]);
  assert.equal(place(250, 300, 700, 768).columns, 1, 'a narrow window');
  assert.ok(place(100, 100, 10, 768).row >= 0, 'a window without room');
});

const board = (name, more) => ({ name, state: 'online', mean: null, rates: null, lost: 0, late: 0, skipped: 0, trouble: false, ...more });
const names = (boards) => boards.map((b) => b.name).join(' ');

test('troubles have no numbers where those would make the names small', () => {
  for (const [n, width, screen, terse] of [[8, 1100, 1080, false], [30, 1300, 1080, false], [30, 700, 768, true], [100, 1900, 1080, true]]) {
    assert.equal(place(n, width, screen - 110, screen).terse, terse, `${n} boards at ${width}`);
  }
});

test("the teacher's order comes first, the other boards follow by name", () => {
  const all = ['tom', 'ida', 'mara', 'ben'].map((name) => board(name));
  assert.equal(names(ordered(all, [])), 'ben ida mara tom');
  assert.equal(names(ordered(all, ['tom', 'gone', 'ben'])), 'tom ben ida mara', 'with a board that is away');
  assert.equal(names(all), 'tom ida mara ben', 'the given list is as before');
  assert.deepEqual(ordered([], ['tom']), []);
});

test('a moved board goes to its new place, at most to an end', () => {
  const all = ['a', 'b', 'c', 'd'];
  for (const [from, to, want] of [[0, 2, 'bcad'], [3, 1, 'adbc'], [1, 1, 'abcd'], [0, 9, 'bcda'], [3, -4, 'dabc']]) {
    assert.equal(moved(all, from, to).join(''), want, `${from} to ${to}`);
  }
  assert.equal(all.join(''), 'abcd');
});

test('the figures are the state, a trouble or the rates', () => {
  const tall = { tall: true }, terse = { terse: true };
  for (const [b, l, want] of [
    [{ state: 'gone', mean: 40, trouble: true, lost: 5 }, tall, 'gone'],
    [{ state: 'silent' }, {}, 'silent'],
    [{}, tall, ''],
    [{ mean: 0 }, {}, '0 Hz'],
    [{ mean: 9.94 }, {}, '9.94 Hz'],
    [{ mean: 77.5 }, {}, '78 Hz'],
    [{ mean: 20, rates: [9.5, 10.4, 40] }, tall, '9.5 · 10 · 40 Hz'],
    [{ mean: 20, rates: [9.5, 10.4, 40] }, {}, '20 Hz'],
    [{ mean: 20, rates: [20] }, tall, '20 Hz'],
    [{ mean: 20, rates: [1, 2, 3, 4] }, tall, '20 Hz'],
    [{ mean: 20, lost: 4500, lost_ms: 450, trouble: false }, tall, '20 Hz'],
    [{ lost: 4500, lost_ms: 450, late: 7, skipped: 3, trouble: true }, tall, '450 ms lost'],
    [{ lost: 1, lost_ms: 999, trouble: true }, tall, '999 ms lost'],
    [{ lost: 1, lost_ms: 1000, trouble: true }, tall, '1 s lost'],
    [{ lost: 1, lost_ms: 4567, trouble: true }, tall, '4.5 s lost'],
    [{ lost: 1, lost_ms: 9999, trouble: true }, tall, '9 s lost'],
    [{ lost: 1, lost_ms: 99_999, trouble: true }, tall, '99 s lost'],
    [{ lost: 1, lost_ms: 100_000, trouble: true }, tall, '1 min lost'],
    [{ lost: 1, lost_ms: 5_999_999, trouble: true }, tall, '99 min lost'],
    [{ lost: 1, lost_ms: 6_000_000, trouble: true }, tall, '1 h lost'],
    [{ late: 12_345, skipped: 3, trouble: true }, tall, '12k late'],
    [{ skipped: 20, trouble: true }, tall, '20 skipped'],
    [{ lost: 1, lost_ms: 450, trouble: true }, terse, 'lost'],
    [{ late: 7, trouble: true }, terse, 'late'],
    [{ skipped: 7, mean: 3, trouble: true }, terse, 'skipped'],
    [{ mean: 3, rates: [1, 5] }, terse, '3 Hz'],
  ]) assert.equal(figures(board('mara', b), l), want, JSON.stringify(b));
});

test('a count has at most four letters', () => {
  for (const [n, want] of [[0, '0'], [950, '950'], [999, '999'], [1000, '1k'], [4567, '4.5k'], [9999, '9k'], [12_345, '12k'], [999_999, '999k'], [3_456_789, '3.4M'], [45e6, '45M']]) {
    assert.equal(count(n), want);
    assert.ok(count(n).length <= 4);
  }
});
