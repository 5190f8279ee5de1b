package doctor_test

import (
	"context"
	"testing"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

// careful is a hand with a memory for the caution.
type careful struct {
	*board.Virtual
	caution *string
}

func (h careful) Turn(ctx context.Context, in config.Input, caution string) error {
	*h.caution = caution
	return h.Virtual.Turn(ctx, in, caution)
}

// TestKnobAtARailHasACaution checks that a person reads of the short before turning the knob.
func TestKnobAtARailHasACaution(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		position float64
		want     string
	}{
		{0, "CH0 (chip pin 1) reads 0: check that the middle leg is not at GND: the knob would short 3V3 to GND"},
		{1, "CH0 (chip pin 1) reads 1023: check that the middle leg is not at 3V3: the knob would short 3V3 to GND"},
		{0.4, ""},
	} {
		caution := "none given"
		examine(t, string(config.DefaultTOML()), func(v *board.Virtual, b *doctor.Bench) {
			chip := v.Parts["SPI0.0"].(*sim.MCP3xxx)
			chip.SetNoise(0, 1)
			chip.Knob(0).Set(tt.position)
			b.Hand = careful{v, &caution}
		})
		if caution != tt.want {
			t.Errorf("at %g: got %q, want %q", tt.position, caution, tt.want)
		}
	}
}
