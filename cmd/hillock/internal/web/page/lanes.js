// The lanes of a channel: the order of its nets from left to right, with few crossings. A trunk is a net in a channel: the
// heights of its branches to the left and to the right.

const WIDE = 9; // room for two wires beside each other

const branches = (t) => [...t.left, ...t.right];
const top = (t) => Math.min(...branches(t)), bottom = (t) => Math.max(...branches(t));

// cost is the number of crossings of two trunks and of places too close to each other, with a left of b.
function cost(a, b) {
  const crossed = (ys, t) => ys.filter((y) => top(t) <= y && y <= bottom(t)).length;
  const near = a.right.filter((y) => b.left.some((z) => Math.abs(y - z) < WIDE)).length;
  return crossed(a.right, b) + crossed(b.left, a) + 3 * near;
}

// lanes gives each trunk a lane, or -1 without a way up or down. It returns the number of lanes and of crossings.
export function lanes(trunks) {
  for (const t of trunks) t.lane = -1;
  const order = trunks.filter((t) => branches(t).length && top(t) < bottom(t));
  const costs = new Map(order.map((a) => [a, new Map(order.map((b) => [b, cost(a, b)]))]));
  for (let better = true; better;) { // until no move helps
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
  order.forEach((t, k) => { // right of the trunks beside it
    t.lane = 0;
    for (const before of order.slice(0, k)) {
      if (top(before) - WIDE < bottom(t) && top(t) - WIDE < bottom(before)) t.lane = Math.max(t.lane, before.lane + 1);
    }
  });
  const sum = order.flatMap((a, k) => order.slice(k + 1).map((b) => costs.get(a).get(b))).reduce((all, c) => all + c, 0);
  return { count: Math.max(0, ...order.map((t) => t.lane + 1)), cost: sum };
}
