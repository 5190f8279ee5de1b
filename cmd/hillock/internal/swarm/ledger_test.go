package swarm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLedgerNamesEachGap(t *testing.T) {
	l := newLedger("r", []string{"a", "b", "c"})
	l.batch("a", "r", 1, 500, 4)
	l.batch("a", "r", 1001, 1500, 5)  // one batch is missing
	l.batch("a", "r", 1001, 1500, 5)  // again
	l.batch("b", "r", 1001, 1500, 1)  // the first two are missing, and the last one
	l.batch("b", "old", 1, 500, 1)    // another run
	l.batch("mara", "r", 1, 500, 100) // no board of the swarm
	l.close(map[string]int64{"a": 1500, "b": 2000, "c": 2000})
	want := []Gap{{"b", 1, 1000, 100}, {"c", 1, 2000, 200}, {"a", 501, 1000, 50}, {"b", 1501, 2000, 50}}
	if diff := cmp.Diff(want, l.gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if l.batches != 3 || l.spikes != 10 || l.repeated != 1 || l.foreign != 2 || l.lost() != 4000 {
		t.Errorf("got %d batches, %d spikes, %d repeated, %d foreign and %d lost steps, want 3, 10, 1, 2 and 4000", l.batches, l.spikes, l.repeated, l.foreign, l.lost())
	}
}
