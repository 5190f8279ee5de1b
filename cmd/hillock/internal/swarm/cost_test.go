package swarm

import (
	"fmt"
	"testing"
	"time"
)

func TestCostOfAProcess(t *testing.T) {
	const stat = "15349 (mos) quitto) S 1 15349 15339 0 -1 4194560 1200 0 0 0 123 45 0 0 20 0 1 0 6102 18400000 2195\n"
	cpu, resident, err := parse(stat, "4492 2195 1716 41 0 401 0\n", 4096)
	if err != nil || cpu != 1680*time.Millisecond || resident != 2195*4096 {
		t.Errorf("got %v, %g bytes, %v; want 1.68 s, %d bytes", cpu, resident, err, 2195*4096)
	}
	for _, c := range []struct{ stat, statm, want string }{
		{"", "1 2", `unknown form of /proc: "" and "1 2"`},
		{stat, "1", fmt.Sprintf("unknown form of /proc: %q and %q", stat, "1")},
		{stat, "1 x", `unknown form of /proc: "1 x"`},
	} {
		if _, _, err := parse(c.stat, c.statm, 4096); fmt.Sprint(err) != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
