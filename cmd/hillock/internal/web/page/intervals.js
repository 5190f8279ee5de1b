// The interspike intervals of a train of spikes, their statistics and their histogram, all in steps.

// intervals returns the latest interspike intervals, at most the given number, in their order.
export function intervals(spikes, most) {
  const own = spikes.slice(-most - 1);
  return own.slice(1).map((s, k) => s - own[k]);
}

// statistics returns the mean and the coefficient of variation: the standard deviation over the mean. Both are NaN without an
// interval.
export function statistics(all) {
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return { mean, cv: Math.sqrt(all.reduce((a, n) => a + (n - mean) ** 2, 0) / all.length) / mean };
}

const BINS = 30, EDGE = 2; // bins for the intervals, and empty bins on each side

// histogram counts intervals in bins of whole steps. at has the middle of each bin.
export function histogram(all) {
  const least = Math.min(...all), width = Math.max(1, Math.ceil((Math.max(...all) - least + 1) / BINS)), counts = new Array(BINS + 2 * EDGE).fill(0);
  for (const n of all) counts[EDGE + Math.floor((n - least) / width)]++;
  return { at: counts.map((_, k) => least + (k - EDGE) * width + (width - 1) / 2), counts };
}
