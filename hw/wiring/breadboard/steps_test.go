package breadboard_test

import (
	"slices"
	"testing"

	"hillock/hw/wiring/breadboard"
)

// The steps of parts outside a breadboard, and of a header with two pins at one row.
func TestStepsNameSuppliesAndOtherBoards(t *testing.T) {
	t.Parallel()
	all := examples(t)
	for example, want := range map[string][]string{
		"needle": {
			"V+ of M1: 5 V of its own supply, never from the Pi, its minus to GND of M1",
			"SV1 servo, output needle: its plug on PWM0 of M1, brown to GND",
		},
		"left": {
			`black: GND of board "right" to the blue rail, right`,
			`light blue: c2 to pin "left" of board "right"`,
			`brown: header pin 15 to pin "right" of board "right" (GPIO22)`,
		},
		"wire": {
			"green: header pin 11 to a6 (GPIO17)",
			"blue: header pin 15 to b6 (GPIO22)",
		},
	} {
		b, err := breadboard.New(all[example+".toml"])
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range b.Steps() {
			got = append(got, s.Text)
		}
		at := slices.Index(got, want[0])
		if at < 0 || at+len(want) > len(got) || !slices.Equal(got[at:at+len(want)], want) {
			t.Errorf("%s: got\n%q, want in it\n%q", example, got, want)
		}
	}
}
