// The places of the boards on the screen.

// arrange returns the places of n boards in a window, px. One column has the longest picture. A further one comes when names would be
// smaller than the last row of a classroom reads. longest is the width of the longest name in letters of 1 px.
export function arrange(n, width, height, screen, longest) {
  const axis = Math.max(15, screen / 42), room = Math.max(height - axis, 40);
  let columns = 1;
  while (columns < 4 && room / Math.ceil(n / columns) < screen / 26 && width / (columns + 1) > 240) columns++;
  const rows = Math.ceil(n / columns), row = Math.floor(Math.min(room / rows, screen * 0.42)), gap = columns > 1 ? Math.round(width / 90) : 0;
  const each = (width - (columns - 1) * gap) / columns, tall = row > screen / 15;
  const name = Math.min(row * (tall ? 0.42 : 0.64), screen / 20, (each * 0.4) / longest);
  const rate = tall ? Math.min(name * 0.72, row * 0.3) : name * 0.72, padding = 1.2 * name;
  const label = Math.round(Math.min(tall ? Math.max(longest * name, 9 * rate) + padding : longest * name + 5.4 * rate + padding, each * 0.58));
  return { columns, rows, row, axis, gap, each, tall, name, rate, label };
}

// ordered returns the boards in the teacher's order. The others follow by name.
export function ordered(boards, order) {
  const rank = new Map(order.map((name, k) => [name, k]));
  const of = (b) => rank.get(b.name) ?? order.length;
  return [...boards].sort((a, b) => of(a) - of(b) || (a.name < b.name ? -1 : 1));
}

// moved returns names with the one at a place moved to another place.
export function moved(names, from, to) {
  const all = [...names], [one] = all.splice(from, 1);
  all.splice(Math.max(0, Math.min(to, all.length)), 0, one);
  return all;
}

// figures returns the rates of a board in words: with room of at most three neurons each, else their mean.
export function figures(b, room) {
  if (b.state !== 'online') return b.state;
  const hz = (x) => `${x >= 10 ? Math.round(x) : x}`;
  if (b.trouble && b.lost) return `${time(b.lost_ms)} lost`;
  if (b.trouble && b.late) return `${count(b.late)} late`;
  if (b.trouble && b.skipped) return `${count(b.skipped)} skipped`;
  if (room && b.rates && b.rates.length > 1 && b.rates.length <= 3) return `${b.rates.map(hz).join(' · ')} Hz`;
  return b.mean === null ? '' : `${hz(b.mean)} Hz`;
}

// time writes a time in ms with two digits: 450 ms, 4.5 s, 12 s, 3 min.
function time(ms) {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120000) return `${ms < 9950 ? Math.floor(ms / 100) / 10 : Math.floor(ms / 1000)} s`;
  return `${Math.floor(ms / 60000)} min`;
}

// count writes a number in at most four letters: 950, 4.5k, 12k, 3M.
export function count(n) {
  if (n < 1000) return String(n);
  const [x, unit] = n < 1e6 ? [n / 1e3, 'k'] : [n / 1e6, 'M'];
  return `${x < 9.95 ? Math.floor(x * 10) / 10 : Math.floor(x)}${unit}`;
}
