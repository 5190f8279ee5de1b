// The page of 'hillock run --web': the connection to the server, and the panels with its data.
import { Columns } from './columns.js';
import { Link } from './link.js';
import modules from './panels.js';
import { $, remember, remembered, theme } from './show.js';

const EVERY = 60; // ms for three messages, 50 a second: the server's limit is 60

const shared = { hello: null, status: null, shown: null, paused: false, columns: null, cell: 0, base: 500, send };
let token = kept(), pending = new Map(), fresh = false, trouble = '';

const panels = (await Promise.all(modules)).map(({ default: Panel }) => {
  stand(Panel).insertAdjacentHTML('beforeend', Panel.html ?? '');
  return new Panel(shared);
});

// stand returns the parent element of a panel: its place, or a new section for a panel with a title.
function stand({ place, id, title }) {
  if (!title) return $(place);
  $('main').insertAdjacentHTML('beforeend', `<section id="${id}" class="${place}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2></section>`);
  return $(id);
}

// all calls a method of all panels, if they have it.
function all(method, ...what) {
  for (const panel of panels) panel[method]?.(...what);
}

// send keeps only the latest message of each kind until the next sending: a fast turn of the knob does not flood the server.
function send(message) {
  pending.set([message.type, message.input, message.neuron, message.key, message.wire, message.at].join(), message);
}

setInterval(() => {
  const [first] = pending;
  if (!first || !link.open) return;
  pending.delete(first[0]);
  link.send(first[1]);
}, EVERY / 3);

// protocols returns the subprotocols of the connection, with the token in base64url: a subprotocol permits few characters. With
// its token the page can take the server's reserved place.
function protocols() {
  if (!token) return ['hillock.1'];
  const code = btoa(String.fromCharCode(...new TextEncoder().encode(token)));
  return ['hillock.1', `hillock.token.${code.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}

function opened() {
  pending = new Map();
  fresh = true; // perhaps another run
  all('opened');
}

// take handles a message of the server, and returns true for a status.
function take(data) {
  if (typeof data !== 'string') {
    frame(data);
    return false;
  }
  const message = JSON.parse(data);
  text(message);
  return message.type === 'status';
}

// kept returns the token of this tab from before a reload of the page. keep stores a right token. A browser may forbid storage.
function kept() {
  try {
    const was = sessionStorage.getItem('token') ?? '';
    sessionStorage.removeItem('token');
    return was;
  } catch { return ''; }
}

function keep() {
  try { sessionStorage.setItem('token', token); } catch { /* the page asks again */ }
}

// linked shows the state of the connection, and greys old numbers. The text has a fixed time: a screen reader reads it once.
function linked(state, latest) {
  const stalled = Boolean(shared.status?.stalled), old = state !== 'live' || stalled;
  const since = latest ? ` since ${latest.toLocaleTimeString()}` : '';
  const now = trouble || (stalled ? 'the loop stands still' : 'live');
  const text = { live: now, lost: `no answer${since}: trying again`, full: `too many viewers (--web-clients, --web-per-address)${since}: trying again` }[state];
  if (state === 'full') $('auth').hidden = Boolean(shared.hello?.may_change); // one place is reserved for the token
  if ($('link').textContent !== text) $('link').textContent = text;
  $('link').classList.toggle('lost', old || Boolean(trouble));
  document.body.classList.toggle('stale', old);
}

function text(message) {
  if (message.type === 'hello') hello(message);
  if (message.type === 'status') {
    shared.status = message;
    if (!shared.paused || !shared.shown) shared.shown = message;
    if (shared.hello) all('status');
  }
  if (message.type === 'rates') all('rates', message);
  if (message.type === 'error') {
    $('error').textContent = message.message;
    $('error').hidden = false;
    clearTimeout(text.timer);
    text.timer = setTimeout(() => { $('error').hidden = true; }, 8000);
    if (shared.hello) all('hello');
  }
}

function hello(message) {
  const was = shared.hello;
  shared.hello = message;
  if (fresh || shared.columns.cells !== message.neurons.length) shared.columns = new Columns(message.neurons.length);
  fresh = false;
  if (!was) shared.cell = Math.max(0, message.neurons.findIndex((n) => n.name === remembered('neuron')));
  shared.cell = Math.min(shared.cell, message.neurons.length - 1);
  $('where').textContent = `on ${message.where}${message.left_out ? `, without ${message.left_out} further neurons` : ''}`;
  $('auth').hidden = message.may_change;
  if (message.may_change) $('error').hidden = true;
  if (message.may_change && token) keep();
  const names = message.neurons.map((n) => n.name);
  if (!was || names.join() !== was.neurons.map((n) => n.name).join()) {
    $('cell').replaceChildren(...names.map((name, k) => new Option(name, k)));
    $('cell').value = shared.cell;
    $('cell-label').hidden = names.length < 2;
  }
  all('hello');
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
  if (fresh) all('frame', fresh);
}

$('auth').onsubmit = (e) => {
  e.preventDefault();
  token = $('token').value;
  $('token').value = '';
  send({ type: 'auth', token });
};
$('cell').onchange = () => {
  shared.cell = Number($('cell').value);
  remember('neuron', shared.hello.neurons[shared.cell].name);
  all('hello');
};

// The plots are drawn at most once per frame of the browser, and never in a hidden tab.
function draw() {
  if (shared.hello) all('draw');
  requestAnimationFrame(draw);
}
theme(() => { if (shared.hello) all('restyle'); });
const link = new Link({ opened, message: take, state: linked, protocols });
draw();
