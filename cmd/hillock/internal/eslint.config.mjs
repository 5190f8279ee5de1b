// The lint rules of the two pages and of their tests. ESLint may be installed anywhere: its own recommended rules come from there.
import { createRequire } from 'node:module';
import { realpathSync } from 'node:fs';
import process from 'node:process';

const js = createRequire(realpathSync(process.argv[1]))('@eslint/js');

const readonly = (names) => Object.fromEntries(names.split(' ').map((name) => [name, 'readonly']));

export default [
  { ignores: ['web/page/uPlot.iife.min.js'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { 'no-unused-vars': 'error', eqeqeq: 'error', 'no-undef': 'error' },
  },
  {
    files: ['*/page/**/*.js'],
    languageOptions: {
      globals: readonly('uPlot document window addEventListener location navigator console fetch setTimeout clearTimeout setInterval clearInterval requestAnimationFrame '
        + 'performance history innerHeight getComputedStyle devicePixelRatio matchMedia sessionStorage localStorage btoa '
        + 'AbortSignal AudioContext Blob CSS DOMParser DOMPoint Event Image KeyboardEvent Option ResizeObserver TextEncoder URL WebSocket XMLSerializer'),
    },
  },
];
