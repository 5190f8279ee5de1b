package prompt

import (
	"context"
	"errors"
	"strings"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/doctor"
)

// Visitor is the person at a terminal whom the doctor asks to turn knobs and to look at outputs.
type Visitor struct {
	Keys Keys
	*readable.Printer
}

// Turn asks the visitor to turn a knob.
func (v *Visitor) Turn(ctx context.Context, in config.Input) error {
	v.Printf("      ? turn %s slowly all the way down and all the way up, then press Enter ", in.Name)
	_, err := Keys{ctx, v.Keys.r}.Line()
	return errors.Join(v.Err, err)
}

// Look asks the visitor to look at an output while show runs, and returns whether it did what it should.
func (v *Visitor) Look(out config.Output, should string, show func() error) (bool, error) {
	v.Printf("      ? look at %s, the %s at %s, and press Enter ", out.Name, doctor.Called(out), doctor.Place(out))
	if _, err := v.Keys.Line(); err != nil {
		return false, err
	}
	if err := show(); err != nil {
		return false, err
	}
	for v.Err == nil {
		v.Printf("      ? did it %s? [y/n] ", should)
		line, err := v.Keys.Line()
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
	return false, v.Err
}
