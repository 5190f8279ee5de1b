package session

import (
	"fmt"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// Hardware is the Pi of a session.
type Hardware struct {
	Pi      doctor.Pi
	Virtual *board.Virtual // the virtual Pi; nil on real hardware
	Where   string         // name of the Pi, for people
}

// Choose returns the real Pi for "real", and for "sim" a virtual Pi wired for the configuration. "auto" means the real one on a
// Raspberry Pi, else the virtual one.
func Choose(pi string, cfg *config.Config, realTime *clock.Real) (Hardware, error) {
	model, where := board.OnPi(), ""
	switch {
	case pi == "auto" && model != "":
		pi = "real"
	case pi == "auto":
		pi = "sim"
		where = " (this is not a Raspberry Pi)"
	}
	switch pi {
	case "real":
		if model == "" {
			model = "the pins and buses of this machine"
		}
		pi, err := board.Real()
		return Hardware{Pi: pi, Where: model}, err
	case "sim":
		virtual, err := board.NewVirtual(cfg, realTime)
		return Hardware{virtual, virtual, "the virtual Pi" + where}, err
	}
	return Hardware{}, fmt.Errorf("must be auto, real or sim, got %q", pi)
}
