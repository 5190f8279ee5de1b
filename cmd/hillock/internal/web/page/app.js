// The page of hillock run --web: what the server sends, and what the parts of the page share. The parts draw; none of them
// reaches the server but by send.
import { Columns } from './columns.js';
import { Board } from './panels/board.js';
import { Scope } from './panels/scope.js';
import { Lab } from './panels/lab.js';
import { Link } from './link.js';
import { Sliders } from './panels/neuron.js';
import { Sound } from './panels/sound.js';
import { $, number, theme, time } from './show.js';

const EVERY = 60; // ms between sendings: the server takes 60 messages a second

// shared is what all parts look at.
const shared = { hello: null, status: null, columns: null, cell: 0, send };
let token = kept(), pending = new Map(), fresh = false, trouble = '';

const board = new Board(shared), scope = new Scope(shared), lab = new Lab(shared), sliders = new Sliders(shared), sound = new Sound(shared);

// send keeps the latest message of a kind until the next sending, so that a knob turned fast does not flood the server.
function send(message) {
  pending.set([message.type, message.input, message.neuron, message.key].join(), message);
}

setInterval(() => {
  const [first] = pending;
  if (!first || !link.open) return;
  pending.delete(first[0]);
  link.send(first[1]);
}, EVERY / 3);

// protocols are the subprotocols to offer. A token that is offered counts from the beginning, also where only the place that is
// kept for it is free; it goes in base64url, because a subprotocol has few characters.
function protocols() {
  if (!token) return ['hillock.1'];
  const code = btoa(String.fromCharCode(...new TextEncoder().encode(token)));
  return ['hillock.1', `hillock.token.${code.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}

function opened() {
  pending = new Map();
  scope.asked = null;
  fresh = true; // it may be another run
  scope.ask();
}

// take takes a message, and returns whether it was a status.
function take(data) {
  if (typeof data !== 'string') {
    frame(data);
    return false;
  }
  const message = JSON.parse(data);
  text(message);
  return message.type === 'status';
}

// kept is the token of this tab, from before the page was loaded again; keep keeps one that was right. A browser may forbid it.
function kept() {
  try {
    const was = sessionStorage.getItem('token') ?? '';
    sessionStorage.removeItem('token');
    return was;
  } catch { return ''; }
}

function keep() {
  try { sessionStorage.setItem('token', token); } catch { /* it is asked for again */ }
}

// linked says how the connection is, and greys numbers that are old. The time does not run on: a screen reader says it once.
function linked(state, latest) {
  const stalled = Boolean(shared.status?.stalled), old = state !== 'live' || stalled;
  const since = latest ? ` since ${latest.toLocaleTimeString()}` : '';
  const now = trouble || (stalled ? 'the loop stands still' : 'live');
  const text = { live: now, lost: `no answer${since}: trying again`, full: `every place is taken (--web-clients, --web-per-address)${since}: trying again` }[state];
  if (state === 'full') $('auth').hidden = Boolean(shared.hello?.may_change); // with the token there may be a place
  if ($('link').textContent !== text) $('link').textContent = text;
  $('link').classList.toggle('lost', old || Boolean(trouble));
  document.body.classList.toggle('stale', old);
}

function text(message) {
  if (message.type === 'hello') hello(message);
  if (message.type === 'status') status(message);
  if (message.type === 'error') {
    $('error').textContent = message.message;
    $('error').hidden = false;
    clearTimeout(text.timer);
    text.timer = setTimeout(() => { $('error').hidden = true; }, 8000);
    if (shared.hello) sliders.hello();
  }
}

function hello(message) {
  const was = shared.hello;
  shared.hello = message;
  if (fresh || shared.columns.cells !== message.neurons.length) shared.columns = new Columns(message.neurons.length);
  fresh = false;
  shared.cell = Math.min(shared.cell, message.neurons.length - 1);
  $('where').textContent = `on ${message.where}`;
  $('auth').hidden = message.may_change;
  if (message.may_change) $('error').hidden = true;
  if (message.may_change && token) keep();
  const names = message.neurons.map((n) => n.name);
  if (!was || names.join() !== was.neurons.map((n) => n.name).join()) {
    $('cell').replaceChildren(...names.map((name, k) => new Option(name, k)));
    $('cell').value = shared.cell;
    $('cell-label').hidden = names.length < 2;
  }
  for (const part of [board, scope, lab, sliders]) part.hello();
}

function status(message) {
  shared.status = message;
  if (!shared.hello) return;
  const n = message.neurons[shared.cell];
  $('rate').textContent = `${number(n.rate, 1)} Hz`;
  const predicted = n.predicted !== null;
  $('predicted').textContent = predicted ? `${number(n.predicted, 1)} Hz` : `no prediction: ${n.no_prediction}`;
  $('predicted').classList.toggle('reason', !predicted);
  $('v').textContent = `${number(n.v, 1)} mV`;
  $('i').textContent = `${number(n.i, 2)} nA`;
  $('isi').textContent = n.isi_ms > 0 ? `${number(n.isi_ms, 1)} ms` : '–';
  $('wall').textContent = `${number(n.wall_hz, 1)} a second`;
  const late = message.lateness_us, foot = [
    `${number(message.t, 1)} s of the neuron's time`, `${n.spikes} spikes`,
    `ticks late: median ${time(late.p50 / 1000)}, 99 % below ${time(late.p99 / 1000)}, most ${time(late.max / 1000)}`,
    `${message.clients} ${message.clients === 1 ? 'viewer' : 'viewers'}`,
  ];
  if (message.stalled) foot.push(message.stalled);
  if (message.skipped_ms > 0) foot.push(`${number(message.skipped_ms, 0)} ms skipped`);
  if (message.missed > 0) foot.push(`this page missed ${message.missed} steps`);
  $('foot').textContent = `${foot.join(' · ')} · ${shared.hello.version}`;
  for (const part of [board, lab, sliders]) part.status();
}

function frame(buffer) {
  if (!shared.columns) return;
  let fresh;
  try {
    fresh = shared.columns.read(buffer);
  } catch (err) {
    trouble = err.message;
    return;
  }
  if (!fresh) return;
  board.frame();
  lab.frame(fresh);
  sound.frame(fresh);
  scope.wanted = true;
}

$('auth').onsubmit = (e) => {
  e.preventDefault();
  token = $('token').value;
  $('token').value = '';
  send({ type: 'auth', token });
};
$('cell').onchange = () => {
  shared.cell = Number($('cell').value);
  for (const part of [lab, sliders]) part.hello();
};

// The plots are drawn at most as often as the screen is, and not at all in a hidden tab.
function draw() {
  if (shared.hello && scope.wanted) scope.draw();
  requestAnimationFrame(draw);
}
theme(() => { if (shared.hello) { scope.restyle(); lab.restyle(); } });
const link = new Link({ opened, message: take, state: linked, protocols });
draw();
