#!/bin/bash
# punctual.sh HILLOCK [SECONDS] measures the lateness of the loop on the virtual Pi beside cyclictest (Debian's rt-tests).
# Both have the same interval and priority, and run in turn five times. It prints a table of the medians. Run it as root, on
# a machine at rest.
set -euo pipefail
hillock=$1 seconds=${2:-10} rounds=5
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# A row of cyclictest's histogram holds a latency in microseconds and its count.
cyclic() {
  cyclictest -q -m -p 80 -i "$1" -D "$seconds" -h 100000 >"$dir/histogram"
  awk '/^[0-9]/ { n += $2; count[NR] = $2; us[NR] = $1; rows = NR }
    END { for (r = 1; r <= rows; r++) { sum += count[r]
      if (!p50 && sum >= n / 2) p50 = us[r] + 0
      if (!p99 && sum >= n * 0.99) p99 = us[r] + 0 }
      print p50, p99 }' "$dir/histogram"
}

loop() { # TICK SPIN
  "$hillock" run --hw sim --plain --duration "${seconds}s" --summary "$dir/summary" \
    --set loop.speed=1 --set loop.tick="$1 us" --set output.led.width="5 ms" --set loop.spin="$2" >"$dir/log" 2>&1
  awk '/"wakeup_us"/ { in_it = 1 } in_it && /"p50"|"p99"/ { gsub(/[^0-9.]/, "", $2); printf "%s ", $2 } /}/ { in_it = 0 }
    END { print "" }' "$dir/summary"
}

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo "| tick | | p50 | p99 | p50 / cyclictest's | p99 / cyclictest's |"
echo "|---|---|---|---|---|---|"
for tick in 1000 100; do
  for round in $(seq $rounds); do
    cyclic $tick >>"$dir/cyclictest.$tick"
    loop $tick off >>"$dir/off.$tick"
    loop $tick auto >>"$dir/auto.$tick"
  done
  for who in cyclictest off auto; do
    cut -d' ' -f1 "$dir/$who.$tick" | median >"$dir/$who.p50"
    cut -d' ' -f2 "$dir/$who.$tick" | median >"$dir/$who.p99"
    name="hillock, spin $who"
    [ $who = cyclictest ] && name=cyclictest
    awk -v tick=$tick -v name="$name" -v a="$(cat "$dir/$who.p50")" -v b="$(cat "$dir/$who.p99")" \
      -v c="$(cat "$dir/cyclictest.p50")" -v d="$(cat "$dir/cyclictest.p99")" \
      'BEGIN { printf "| %d us | %s | %.2g us | %.3g us | %.3g | %.3g |\n", tick, name, a, b, a / c, b / d }'
  done
done
