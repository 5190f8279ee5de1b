// The wall of a class: the connection to the server, and the parts of the page with its data.
import { Boards } from './boards.js';
import { Film, read } from './frames.js';
import { large, small } from './join.js';
import { ordered } from './layout.js';
import { Link } from './link.js';
import { Ring } from './map.js';
import { Rasters } from './rasters.js';
import { $, remember, remembered, theme } from './show.js';

const PICTURE = 1000 / 30; // ms
const MANY = 16, CROWD = 48; // boards with a narrow map, and with a map only on demand: more than so many

let hello = null, setup = { names: {}, order: [], muted: [], frozen: false }, status = null, trouble = '', token = kept(), chosen = remembered('map');
let film = new Film(), all = new Map(), order = null, wishes = 0, placed = true;

const rasters = new Rasters($('picture')), ring = new Ring($('ring'));
// mapped reports whether the map is on: as chosen, else with few boards.
const mapped = () => (chosen ? chosen === 'on' : all.size <= CROWD);

const shared = {
  may: () => Boolean(hello?.may_change),
  shown: (b) => setup.names[b.name] ?? b.name,
  muted: (name) => setup.muted.includes(name),
  board: (name) => [...all.values()].find((b) => b.name === name),
  visible: () => ordered([...all.values()], order ?? setup.order).filter((b) => !setup.muted.includes(b.name)),
  layout: () => rasters.layout,
  arrange: (names) => { order = names; placed = false; },
  order: (names) => {
    order = names;
    placed = false;
    send({ type: 'order', boards: names.map((name) => shared.board(name).id) });
  },
};
const boards = new Boards(shared, send);

// send sends a message. wishes are the changes so far over this connection.
function send(message) {
  if (!link.open) return;
  if (message.type !== 'auth') wishes++;
  link.send(message);
}

// protocols returns the subprotocols of the connection, with the token in base64url: a subprotocol permits few characters.
function protocols() {
  const own = 'hillock.wall.1';
  if (!token) return [own];
  const code = btoa(String.fromCharCode(...new TextEncoder().encode(token)));
  return [own, `hillock.token.${code.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}

// kept returns the token of this tab from before a reload of the page. A browser may forbid storage.
function kept() {
  try {
    const was = sessionStorage.getItem('wall-token') ?? '';
    sessionStorage.removeItem('wall-token');
    return was;
  } catch { return ''; }
}

function keep() {
  try { sessionStorage.setItem('wall-token', token); } catch { /* the page asks again */ }
}

// opened begins anew: it may be another wall.
function opened() {
  film = new Film();
  all = new Map();
  trouble = '';
  rasters.strip.empty();
  rasters.key = '';
  ring.clear();
  order = null;
  wishes = 0;
  placed = false;
}

function take(data) {
  if (typeof data !== 'string') { frame(data); return false; }
  const m = JSON.parse(data);
  ({ hello: greeted, setup: arranged, boards: reported, status: told, error: refused })[m.type]?.(m);
  return m.type === 'status';
}

function frame(buffer) {
  const now = performance.now();
  try {
    const at = rasters.strip.take(buffer, film.now(now));
    film.see(at, now);
    if (!$('map').hidden) read(buffer, (board, line, time) => ring.lights.spike(board, line, time), () => {});
  } catch (err) { trouble = err.message; }
}

function greeted(m) {
  hello = m;
  $('class').textContent = m.invitation.class;
  document.title = `hillock wall: class ${m.invitation.class}`;
  $('how').replaceChildren(...small(m.invitation));
  $('auth').hidden = m.may_change;
  for (const id of ['freeze', 'sorting']) $(id).hidden = !m.may_change;
  if (m.may_change) {
    $('error').hidden = true;
    if (token) keep();
  }
  $('join').querySelector('div').replaceChildren(...large(m.invitation, m.url));
  $('how').querySelector('svg')?.addEventListener('click', join);
  waits();
}

function arranged(m) {
  setup = m;
  if (!boards.drag && m.taken >= wishes) order = null; // and not at the answer to an earlier order
  film.freeze(m.frozen);
  $('frozen').hidden = !m.frozen;
  $('freeze').textContent = m.frozen ? 'Go on' : 'Freeze';
  placed = false;
}

function reported(m) {
  for (const b of m.boards) all.set(b.id, b);
  const present = new Set(m.ids);
  for (const id of all.keys()) if (!present.has(id)) all.delete(id);
  placed = false;
}

function told(m) {
  status = m;
  waits();
}

function refused(m) {
  (document.querySelector('dialog[open]') ?? document.body).append($('error')); // a dialog covers all else
  $('error').textContent = m.message;
  $('error').hidden = false;
  clearTimeout(refused.timer);
  refused.timer = setTimeout(() => { $('error').hidden = true; }, 8000);
  order = null;
  placed = false;
}

// waits shows how to join while there is no board, and what the wall waits for.
function waits() {
  const empty = all.size === 0;
  $('invite').hidden = !empty;
  $('stage').hidden = empty;
  $('how').hidden = empty;
  if (!empty || !hello) return;
  const wait = !status || status.broker === 'connected' ? 'no board yet' : `waiting for the broker: ${status.broker}`;
  const key = JSON.stringify([wait, hello.invitation]);
  if (waits.key === key) return;
  waits.key = key;
  const head = document.createElement('h2');
  head.textContent = wait;
  $('invite').replaceChildren(head, ...large(hello.invitation, ''));
}

// linked shows the state of the connection.
function linked(state, latest) {
  const since = latest ? ` since ${latest.toLocaleTimeString()}` : '';
  const broker = status && status.broker !== 'connected' ? `broker: ${status.broker}` : '';
  const text = { live: trouble || broker, lost: `no answer${since}: trying again`, full: 'too many viewers: trying again' }[state];
  if (state === 'full') $('auth').hidden = shared.may(); // one place is reserved for the token
  if ($('link').textContent !== text) $('link').textContent = text;
  $('link').classList.toggle('lost', state !== 'live' || text !== '');
  document.body.classList.toggle('stale', state !== 'live');
}

// place puts all parts in their places after a change.
function place(edge) {
  placed = true;
  waits();
  document.body.classList.toggle('many', all.size > MANY);
  const visible = shared.visible(), online = [...all.values()].filter((b) => b.state === 'online').length;
  $('count').textContent = all.size === 0 ? '' : online === all.size ? `${online} ${online === 1 ? 'board' : 'boards'}` : `${online} of ${all.size} boards`;
  const linkedUp = visible.some((b) => b.links?.length), on = mapped() && linkedUp;
  $('show-map').hidden = !linkedUp;
  $('show-map').setAttribute('aria-pressed', on);
  $('map').hidden = !on;
  $('stage').classList.toggle('alone', !on);
  if (all.size === 0) return;
  const l = rasters.place(visible, shared.shown, edge);
  boards.show(visible, l);
  if (on) {
    const text = ring.place(visible, shared.shown);
    if ($('synapses').textContent !== text) $('synapses').textContent = text;
  }
  mutes();
}

// mutes lists the muted boards, with a button each.
function mutes() {
  const names = setup.muted.filter((name) => shared.board(name)), key = JSON.stringify([names, setup.names]);
  $('muted').hidden = names.length === 0;
  if (mutes.key === key) return;
  mutes.key = key;
  $('muted').replaceChildren('muted: ', ...names.map((name) => {
    const b = document.createElement('button');
    b.textContent = setup.names[name] ?? name;
    b.onclick = () => boards.detail(name);
    return b;
  }));
}

function notes() {
  const all = [];
  if (status?.left_out) all.push(`messages of further boards: ${status.left_out}`);
  if (status?.foreign) all.push(`foreign messages: ${status.foreign}`);
  const text = all.join(' · ');
  if ($('notes').textContent !== text) $('notes').textContent = text;
}

const freeze = () => { if (shared.may()) send({ type: 'freeze', on: !setup.frozen }); };
const sort = (by) => { if (shared.may()) shared.order([...all.values()].sort(by).map((b) => b.name).filter((n) => !setup.muted.includes(n))); };
const byName = () => sort((a, b) => shared.shown(a).localeCompare(shared.shown(b), undefined, { numeric: true }));
const byRate = () => sort((a, b) => (b.mean ?? -1) - (a.mean ?? -1) || (a.name < b.name ? -1 : 1));
const toggleMap = () => { chosen = mapped() ? 'off' : 'on'; remember('map', chosen); placed = false; };
const join = () => { if (hello) $('join').showModal(); };
const keys = () => $('keys').showModal();
for (const [id, what] of Object.entries({ freeze, 'by-name': byName, 'by-rate': byRate, 'show-map': toggleMap, 'show-join': join, 'show-keys': keys })) $(id).onclick = what;
for (const id of ['join', 'keys']) $(id).querySelector(':scope > button').onclick = () => $(id).close();
addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input')) return;
  const open = document.querySelector('dialog[open]');
  if (open) {
    if (e.key === '?' || (e.key === 'j' && open.id === 'join')) open.close();
    return;
  }
  if (e.key === ' ' && e.target.closest('button')) return;
  const what = { ' ': freeze, j: join, m: toggleMap, n: byName, r: byRate, '?': keys }[e.key];
  if (!what) return;
  e.preventDefault();
  what();
});
$('auth').onsubmit = (e) => {
  e.preventDefault();
  token = $('token').value;
  $('token').value = '';
  send({ type: 'auth', token });
};
new ResizeObserver(() => { placed = false; }).observe($('rasters'));
theme(() => { placed = false; });

// draw draws at most 30 pictures a second, and none in a hidden tab.
let drawn = 0;
function draw(now) {
  requestAnimationFrame(draw);
  if (now - drawn < PICTURE - 4) return;
  drawn = now;
  const edge = film.now(performance.now());
  if (!placed && hello) place(edge);
  if (all.size === 0) return;
  rasters.show(edge);
  if (!$('map').hidden) ring.show(edge);
}

const link = new Link({ opened, message: take, state: linked, protocols });
setInterval(notes, 1000);
requestAnimationFrame(draw);
