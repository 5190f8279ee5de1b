import assert from 'node:assert/strict';
import { test } from 'node:test';

const replaced = [];
Object.assign(globalThis, { location: { hash: '#K7QM-2RPD', pathname: '/wall' }, history: { replaceState: (...to) => replaced.push(to[2]) } });
await import('../page/join.js');

test('the join code of a scanned address leaves the address', () => assert.deepEqual(replaced, ['/wall']));
