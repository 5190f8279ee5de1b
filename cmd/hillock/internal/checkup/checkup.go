// Package checkup is a visit of the doctor: it checks the set-up of a machine, its punctuality, and the wires, and prints what it
// finds.
package checkup

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/prompt"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// Checkup is what to check.
type Checkup struct {
	Config    *config.Config
	Pi        string            // whose wires: "auto", "real" or "sim"
	Fault     fault.Fault       // of the virtual Pi
	Back      map[string]string // the pins that second wires lead back to from LEDs, by name
	JSON      bool              // print the checks as JSON, and ask nothing
	WiresOnly bool              // and not this machine
	Trial     time.Duration     // for how long to try how late a loop is here; 0: not at all
}

// Run checks, asks the person at in and w where both are terminals, and prints what it finds to w. It returns an error where a
// check failed.
func (c *Checkup) Run(ctx context.Context, in io.Reader, w io.Writer) error {
	out := findings.New(w)
	out.JSON = c.JSON
	host := doctor.Here()
	if !c.WiresOnly {
		for _, found := range host.SetUp(c.Config) {
			out.Add(found)
		}
		if c.Trial > 0 && ctx.Err() == nil {
			out.Add(lateness(ctx, c.Config, c.Trial, c.Pi == "sim" || c.Pi == "auto" && board.OnPi() == ""))
		}
	}
	if err := c.wires(ctx, in, host, out); err != nil {
		return errors.Join(err, out.Close())
	}
	if ctx.Err() != nil {
		return errors.Join(errors.New("stopped before the end"), out.End())
	}
	return out.End()
}

// wires checks the wires, if the set-up lets it.
func (c *Checkup) wires(ctx context.Context, in io.Reader, host doctor.Host, out *findings.Report) error {
	if reason := out.Unready(c.Config); reason != "" {
		out.Add(doctor.Finding{Check: "wires", Result: doctor.Skipped, Seen: "not checked: " + reason})
		return nil
	}
	hw, err := session.Choose(c.Pi, c.Config, clock.New())
	if err != nil {
		return err
	}
	b := doctor.Bench{Config: c.Config, Pi: hw.Pi, Back: c.Back}
	if virtual := hw.Virtual; virtual != nil {
		c.Fault.Apply(virtual)
		for name, back := range c.Back {
			i := slices.IndexFunc(c.Config.Outputs, func(out config.Output) bool { return out.Name == name })
			if err := virtual.Connect(config.Pins(c.Config.Outputs[i].Part)[0], back); err != nil {
				return err
			}
		}
		b.Hand = virtual
	} else {
		b.Held = host.Held()
		if !c.JSON && terminal.Is(in) && terminal.Is(out.W) {
			b.Hand = &prompt.Visitor{Keys: prompt.NewKeys(ctx, in), Printer: out.Printer}
		}
	}
	if !c.JSON {
		out.Printf("\nthe wires of %s\n", hw.Where)
	}
	for found := range b.Wires(ctx) {
		out.Add(found)
	}
	return nil
}
