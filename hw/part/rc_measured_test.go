package part

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/doctor"
	"hillock/hw/rc"
)

// Before, the finding named a loose wire.
func TestLatePollNamesNoWire(t *testing.T) {
	got := doctor.Finding{}
	RC{Pin: "GPIO4"}.uncharged(nil, &got, fmt.Errorf("rc on GPIO4: %w", rc.ErrLate))
	want := doctor.Finding{Means: "this program got the CPU too late to time a charge: the wires are not checked",
		Do: "stop other programs, and run 'hillock doctor' again"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
}

func TestMeasuredChargeTimesAreRounded(t *testing.T) {
	for _, c := range []struct {
		ends [2]int
		want string
	}{
		{[2]int{1_034_567, 7_389_012}, `["1.03 ms", "7.39 ms"]`},
		{[2]int{10_345_678, 73_890_123}, `["10.3 ms", "73.9 ms"]`},
		{[2]int{100_456_789, 102_987_654}, `["100.46 ms", "102.99 ms"]`},
		{[2]int{1_200, 2_500_000}, `["10 us", "2.5 ms"]`},
	} {
		if diff := cmp.Diff([][2]string{{"ends", c.want}}, RC{}.Measured(c.ends)); diff != "" {
			t.Errorf("%v ns (-want +got):\n%s", c.ends, diff)
		}
	}
}
