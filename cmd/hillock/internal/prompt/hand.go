package prompt

import (
	"context"
	"errors"
	"strings"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// Hand asks on a terminal for turned knobs and for the state of outputs. It is the doctor's doctor.Hand.
type Hand struct {
	Keys Keys
	*readable.Printer
}

// Turn asks for both ends of an input, after the caution: a full turn of a knob.
func (h *Hand) Turn(ctx context.Context, in config.Input, caution string) error {
	if caution != "" {
		h.Printf("      ! %s\n", caution)
	}
	h.Printf("      ? %s, then press Enter ", board.HandlingOf(in).Both)
	_, err := Keys{ctx, h.Keys.r}.Line()
	return errors.Join(h.Err, err)
}

// Look asks the person to watch an output, calls show, and returns the answer: whether the output did what it should.
func (h *Hand) Look(out config.Output, should string, show func() error) (bool, error) {
	notice, _ := doctor.Shows(out)
	h.Printf("      ? %s %s, the %s at %s, and press Enter ", notice, out.Name, doctor.Called(out), doctor.Place(out))
	if _, err := h.Keys.Line(); err != nil {
		return false, err
	}
	if err := show(); err != nil {
		return false, err
	}
	for h.Err == nil {
		h.Printf("      ? did it %s? [y/n] ", should)
		line, err := h.Keys.Line()
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
	return false, h.Err
}
