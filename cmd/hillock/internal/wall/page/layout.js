// The places of the boards on the screen.

// The longest texts beside a name: WORDS without numbers, TROUBLES with them.
export const WORDS = ['skipped', '999 Hz'], TROUBLES = ['999 ms lost', '99 min lost', '999k skipped'];
const RATES = 9; // width of three rates, such as "100 · 100 · 100 Hz", in letters of 1 px

// arrange returns the places of n boards in a window, px. One column has the longest picture. A further one comes when names would be
// smaller than the last row of a classroom reads; beyond four, when the middle row would not read them either. longest, words and troubles
// are the widths of the longest name, WORDS and TROUBLES in letters of 1 px. Troubles are terse where their numbers would make names small.
export function arrange(n, width, height, screen, longest, words, troubles) {
  const axis = Math.max(15, screen / 42), room = Math.max(height - axis, 40);
  let columns = 1;
  while (room / Math.ceil(n / columns) < screen / (columns < 4 ? 26 : 44) && width / (columns + 1) > 240) columns++;
  const rows = Math.ceil(n / columns), row = Math.floor(Math.min(room / rows, screen * 0.42)), gap = columns > 1 ? Math.round(width / 90) : 0;
  const each = (width - (columns - 1) * gap) / columns, tall = row > screen / 15;
  const fit = (terse, small, beside) => { // small is the size of the rate in letters of the name, as is all else
    const label = (tall ? Math.max(longest, small * beside) : longest + small * beside) + 1.5;
    const name = Math.min(row * (tall ? 0.42 : 0.64), screen / 20, (each * 0.58) / label);
    return { columns, rows, row, axis, gap, each, tall, terse, name, rate: small * name, label: Math.ceil(label * name) };
  };
  if (tall) return fit(false, 0.72, Math.max(RATES, troubles));
  const all = fit(false, 0.62, troubles);
  return all.name < screen / 40 ? fit(true, 0.72, words) : all;
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

// figures returns the rates of a board in words, or its trouble. A tall row has room for the rates of at most three neurons, each other one
// for their mean. A terse one has no numbers in a trouble.
export function figures(b, { tall, terse }) {
  if (b.state !== 'online') return b.state;
  const hz = (x) => `${x >= 10 ? Math.round(x) : x}`;
  const trouble = (word, number) => (terse ? word : `${number} ${word}`);
  if (b.trouble && b.lost) return trouble('lost', time(b.lost_ms));
  if (b.trouble && b.late) return trouble('late', count(b.late));
  if (b.trouble && b.skipped) return trouble('skipped', count(b.skipped));
  if (tall && b.rates && b.rates.length > 1 && b.rates.length <= 3) return `${b.rates.map(hz).join(' · ')} Hz`;
  return b.mean === null ? '' : `${hz(b.mean)} Hz`;
}

// time writes a time in ms with at most two digits and its unit, below 1 s with three: 450 ms, 4.5 s, 12 s, 3 min, 5 h.
function time(ms) {
  if (ms < 1000) return `${ms} ms`;
  const [x, unit] = ms < 100e3 ? [ms / 1e3, 's'] : ms < 6e6 ? [ms / 60e3, 'min'] : [ms / 3.6e6, 'h'];
  return `${x < 9.95 && unit === 's' ? Math.floor(x * 10) / 10 : Math.floor(x)} ${unit}`;
}

// count writes a number in at most four letters: 950, 4.5k, 12k, 3M.
export function count(n) {
  if (n < 1000) return String(n);
  const [x, unit] = n < 1e6 ? [n / 1e3, 'k'] : [n / 1e6, 'M'];
  return `${x < 9.95 ? Math.floor(x * 10) / 10 : Math.floor(x)}${unit}`;
}
