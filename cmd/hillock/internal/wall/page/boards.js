// The labels of the boards beside their rasters, and the dialog of one board.
import { figures, moved } from './layout.js';
import { $ } from './show.js';

export class Boards {
  // send sends a message; shared has the boards in their order, their shown names, and may_change.
  constructor(shared, send) {
    Object.assign(this, { shared, send, items: new Map(), open: null, drag: null });
    this.list = $('boards');
    this.list.addEventListener('keydown', (e) => this.key(e));
    this.list.addEventListener('pointerdown', (e) => this.down(e));
    this.list.addEventListener('pointermove', (e) => this.move(e));
    this.list.addEventListener('pointerup', () => this.up());
    this.list.addEventListener('pointercancel', () => this.up());
    $('edit').onsubmit = (e) => { e.preventDefault(); send({ type: 'name', board: this.open, name: $('shown').value }); $('board').close(); };
    $('mute').onchange = () => send({ type: 'mute', board: this.open, on: $('mute').checked });
    $('remove').onclick = () => { send({ type: 'remove', board: this.open }); $('board').close(); };
    $('board-close').onclick = () => $('board').close();
  }

  // show renews all labels in a layout.
  show(boards, l) {
    const gone = new Set(this.items.keys()), focused = document.activeElement;
    this.list.classList.toggle('sortable', this.shared.may());
    boards.forEach((b, k) => {
      gone.delete(b.name);
      const item = this.items.get(b.name) ?? this.add(b.name), { li, name, rate, button } = item;
      const column = Math.floor(k / l.rows), row = k % l.rows, high = Math.max(4, Math.floor(l.row * l.scale)) / l.scale;
      const style = `left:${column * (l.each + l.gap)}px;top:${row * high}px;width:${l.label}px;height:${high}px;`;
      const look = `--name:${l.name}px;--rate:${l.rate}px`;
      if (item.style !== style + look) { li.style.cssText = item.style = style + look; }
      const kind = [b.state, b.trouble ? 'trouble' : '', l.tall ? 'tall' : ''].filter(Boolean).join(' ');
      if (item.kind !== kind) li.className = item.kind = kind;
      put(name, this.shared.shown(b));
      put(rate, figures(b, l));
      if (this.list.children[k] !== li && !this.drag) this.list.insertBefore(li, this.list.children[k] ?? null);
      button.tabIndex = k === 0 || document.activeElement === button ? 0 : -1;
    });
    for (const name of gone) {
      this.items.get(name).li.remove();
      this.items.delete(name);
    }
    if (document.activeElement !== focused && this.list.contains(focused)) focused.focus(); // a moved element has lost it
    if (this.open) this.facts();
  }

  add(board) {
    const li = document.createElement('li'), button = document.createElement('button'), name = document.createElement('b'), rate = document.createElement('span');
    rate.className = 'rate';
    button.append(name, rate);
    button.onclick = (e) => { if (!this.dragged || e.detail === 0) this.detail(board); }; // 0: by a key
    li.append(button);
    this.list.append(li);
    const item = { li, button, name, rate };
    this.items.set(board, item);
    return item;
  }

  names() { return this.shared.visible().map((b) => b.name); }

  at(target) {
    const li = target.closest('li');
    return [...this.items].find(([, item]) => item.li === li)?.[0];
  }

  // key goes to another board, or moves the board with Shift.
  key(e) {
    const names = this.names(), k = names.indexOf(this.at(e.target)), rows = this.shared.layout()?.rows ?? 1;
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -rows, ArrowRight: rows, Home: -k, End: names.length - 1 - k }[e.key];
    if (k < 0 || by === undefined) return;
    e.preventDefault();
    const to = Math.max(0, Math.min(names.length - 1, k + by));
    if (e.shiftKey) {
      if (this.shared.may()) this.shared.order(moved(names, k, to));
      return;
    }
    this.items.get(names[to])?.button.focus();
  }

  down(e) {
    this.dragged = false;
    const board = this.at(e.target);
    if (board && this.shared.may() && e.button === 0) this.drag = { board, y: e.clientY, x: e.clientX, id: e.pointerId };
  }

  // move moves a board with the pointer, after a few px.
  move(e) {
    const d = this.drag;
    if (!d || (!this.dragged && Math.hypot(e.clientX - d.x, e.clientY - d.y) < 8)) return;
    if (!this.dragged) {
      this.dragged = true;
      this.list.setPointerCapture(d.id);
      this.items.get(d.board)?.li.classList.add('moving');
    }
    const l = this.shared.layout(), box = this.list.getBoundingClientRect();
    const column = Math.max(0, Math.min(l.columns - 1, Math.floor((e.clientX - box.left) / (l.each + l.gap))));
    const row = Math.max(0, Math.min(l.rows - 1, Math.floor((e.clientY - box.top) / l.row)));
    const names = this.names(), from = names.indexOf(d.board), to = Math.min(column * l.rows + row, names.length - 1);
    if (from !== to) this.shared.arrange(moved(names, from, to));
  }

  up() {
    if (this.drag && this.dragged) {
      const { li } = this.items.get(this.drag.board) ?? {};
      if (li) { li.classList.remove('moving'); this.items.get(this.drag.board).kind = ''; }
      this.shared.order(this.names());
    }
    this.drag = null;
  }

  detail(board) {
    this.open = board;
    this.facts();
    $('shown').value = this.shared.shown(this.shared.board(board) ?? { name: board });
    $('board').showModal();
    $('board').onclose = () => { this.open = null; };
  }

  // facts renews the dialog.
  facts() {
    const b = this.shared.board(this.open), may = this.shared.may();
    if (!b) { $('board').close(); return; }
    put($('board-title'), this.shared.shown(b));
    const rows = [
      ['board', b.name], ['state', b.state], ['computer', b.where ?? '–'],
      ['neurons', (b.neurons ?? []).map((n, k) => `${n.name}${n.count > 1 ? ` (${n.count})` : ''}${b.rates ? ` ${b.rates[k]} Hz` : ''}`).join(', ') || '–'],
      ['synapses from', [...new Set((b.links ?? []).map((l) => `${l.board}/${l.neuron} (${l.delay} ms)`))].join(', ') || '–'],
      ['lost', `${b.lost_ms} ms in ${b.gaps} gaps (${b.lost} steps)`], ['skipped steps', b.skipped], ['late spikes', b.late],
    ];
    const text = JSON.stringify([rows, may]);
    if (text !== this.told) {
      this.told = text;
      $('facts').replaceChildren(...rows.flatMap(([term, fact]) => {
        const dt = document.createElement('dt'), dd = document.createElement('dd');
        dt.textContent = term;
        dd.textContent = fact;
        return [dt, dd];
      }));
    }
    $('edit').hidden = !may;
    $('mute').checked = this.shared.muted(b.name);
    $('remove').disabled = b.state === 'online' || b.state === 'silent';
  }
}

function put(element, text) { if (element.textContent !== text) element.textContent = text; }
