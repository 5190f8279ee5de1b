package part

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
