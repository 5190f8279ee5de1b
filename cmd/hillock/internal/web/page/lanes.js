// The lanes of a channel: which of the nets in it runs left of which, so that few wires cross. A trunk is a net there: the
// heights of its branches to the left and to the right.

const WIDE = 9; // what two wires beside each other need

const branches = (t) => [...t.left, ...t.right];
const top = (t) => Math.min(...branches(t)), bottom = (t) => Math.max(...branches(t));

// cost counts where two trunks cross, or run too near beside each other, when a is left of b.
function cost(a, b) {
  const crossed = (ys, t) => ys.filter((y) => top(t) <= y && y <= bottom(t)).length;
  const near = a.right.filter((y) => b.left.some((z) => Math.abs(y - z) < WIDE)).length;
  return crossed(a.right, b) + crossed(b.left, a) + 3 * near;
}

// lanes gives each trunk a lane, -1 where it has no way up or down, and returns how many lanes there are, and how many
// crossings.
export function lanes(trunks) {
  for (const t of trunks) t.lane = -1;
  const order = trunks.filter((t) => branches(t).length && top(t) < bottom(t));
  const costs = new Map(order.map((a) => [a, new Map(order.map((b) => [b, cost(a, b)]))]));
  for (let better = true; better;) { // while moving one somewhere else helps, it is moved
    better = false;
    for (let from = 0; from < order.length; from++) {
      for (let to = 0; to < order.length; to++) {
        const t = order[from], passed = from < to ? order.slice(from + 1, to + 1) : order.slice(to, from);
        const gain = passed.reduce((sum, p) => sum + costs.get(p).get(t) - costs.get(t).get(p), 0);
        if ((from < to ? -gain : gain) <= 0) continue;
        order.splice(to, 0, ...order.splice(from, 1));
        better = true;
      }
    }
  }
  order.forEach((t, k) => { // right of those before it that it runs beside
    t.lane = 0;
    for (const before of order.slice(0, k)) {
      if (top(before) - WIDE < bottom(t) && top(t) - WIDE < bottom(before)) t.lane = Math.max(t.lane, before.lane + 1);
    }
  });
  const sum = order.flatMap((a, k) => order.slice(k + 1).map((b) => costs.get(a).get(b))).reduce((all, c) => all + c, 0);
  return { count: Math.max(0, ...order.map((t) => t.lane + 1)), cost: sum };
}
