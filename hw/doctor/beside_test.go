package doctor_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

// TestTwoPisAreCheckedSideBySide checks two virtual Pis with different faults in one process. Each check finds the fault of its
// own Pi, as if it were alone, and leaves the pins as they were.
func TestTwoPisAreCheckedSideBySide(t *testing.T) {
	t.Parallel()
	faults := slices.DeleteFunc(wireFaults(), func(f fault) bool {
		return !slices.Contains([]string{"CE0 one row too high", "MISO and MOSI swapped", "VREF loose", "the LED the wrong way round",
			"the capacitor loose", "the ADS1115's ADDR at VDD"}, f.name)
	})
	if len(faults) != 6 {
		t.Fatalf("got %d of the faults, want 6", len(faults))
	}
	for i, one := range faults {
		two := faults[(i+1)%len(faults)]
		t.Run(one.name+" beside "+two.name, func(t *testing.T) {
			t.Parallel()
			pair := []fault{one, two}
			want := [][]doctor.Finding{one.examine(t), two.examine(t)}
			got := make([][]doctor.Finding, 2)
			synctest.Test(t, func(t *testing.T) {
				var checks sync.WaitGroup
				for i, f := range pair {
					v, b := f.wire(t)
					checks.Go(func() {
						before := state(v)
						got[i] = slices.Collect(b.Wires(t.Context()))
						if after := state(v); !slices.Equal(before, after) {
							t.Errorf("%s: left the pins as %v, found them as %v", f.name, after, before)
						}
					})
				}
				checks.Wait()
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("beside each other (-alone +together):\n%s", diff)
			}
			if len(got[0]) == 0 || cmp.Equal(got[0], got[1]) {
				t.Errorf("got %v of both, want what is wrong with each", got[0])
			}
		})
	}
}

func TestStoppedCheckLeavesTheOtherRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stopped, _ := fault{breaks: spi(sim.Faults{CS: sim.Loose})}.wire(t)
		other, b := fault{breaks: spi(sim.Faults{CS: "GPIO25"})}.wire(t)
		ctx, stop := context.WithCancel(t.Context())
		var checks sync.WaitGroup
		check := func(v *board.Virtual, ctx context.Context) (found []doctor.Finding) {
			return slices.Collect((&doctor.Bench{Config: b.Config, Pi: v}).Wires(ctx))
		}
		checks.Go(func() {
			if found := check(stopped, ctx); len(found) > 0 {
				t.Errorf("got %v from a check that was stopped, want nothing", found)
			}
		})
		checks.Go(func() {
			if found := check(other, t.Context()); len(found) == 0 || found[0].Means != "CS (chip pin 10) is wired to GPIO25 (header pin 22) instead of CE0" {
				t.Errorf("got %v, want what is wrong with it", found)
			}
		})
		stop()
		checks.Wait()
	})
}
