import assert from 'node:assert/strict';
import { test } from 'node:test';

const replaced = [];
Object.assign(globalThis, { location: { hash: '#K7QM-2RPD', pathname: '/wall' }, history: { replaceState: (...to) => replaced.push(to[2]) } });
const { commands } = await import('../page/join.js');

test('the commands to join have the class, and the first address of the hub', () => {
  assert.deepEqual(commands({ class: '9b' }), ['hillock run --class 9b']);
  assert.deepEqual(commands({ class: '9b', addresses: null }), ['hillock run --class 9b']);
  assert.deepEqual(commands({ class: '9b', addresses: ['mqtt://192.168.1.5:1883', 'mqtt://[fe80::1]:1883'] }),
    ['hillock run --class 9b', 'hillock run --class 9b --broker mqtt://192.168.1.5:1883']);
});

test('the join code of a scanned address leaves the address', () => assert.deepEqual(replaced, ['/wall']));
