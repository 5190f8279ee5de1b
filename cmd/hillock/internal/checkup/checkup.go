// Package checkup runs the doctor: it checks the set-up of a machine, the lateness of a loop and the wires, and prints the
// findings.
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
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// Checkup selects what to check.
type Checkup struct {
	Config    *config.Config
	Pi        string            // with the wires: "auto", "real" or "sim"
	Fault     fault.Fault       // of the virtual Pi
	Back      map[string]string // by output: the pin at the other end of a second wire
	JSON      bool              // print the findings as JSON, and ask nothing
	WiresOnly bool              // without this machine
	Jumpers   bool              // the jumper wires from the outputs only, with their graph
	Listen    bool              // the jumper wires from other boards only, with their graph
	Trial     time.Duration     // of the loop, to measure its lateness; 0: none
}

// Run prints the findings to w. If in and w are terminals, it asks the person there. It returns an error after a failed check.
func (c *Checkup) Run(ctx context.Context, in io.Reader, w io.Writer) error {
	out := findings.New(w)
	out.JSON = c.JSON
	host := doctor.Here()
	if c.Jumpers || c.Listen {
		return c.jumpers(ctx, host, out)
	}
	if !c.WiresOnly {
		for _, found := range host.SetUp(c.Config) {
			out.Add(found)
		}
		if c.Trial > 0 && ctx.Err() == nil {
			out.Running("lateness", "measuring the loop for "+readable.Seconds(c.Trial.Seconds()))
			out.Add(lateness(ctx, c.Config, c.Trial, c.Pi == "sim" || c.Pi == "auto" && board.OnPi() == ""))
		}
	}
	if err := c.wires(ctx, in, w, host, out); err != nil {
		return errors.Join(err, out.Close())
	}
	if ctx.Err() != nil {
		return errors.Join(errors.New("stopped before the end"), out.End())
	}
	return out.End()
}

// wires checks the wires, unless a check of the set-up stands in the way.
func (c *Checkup) wires(ctx context.Context, in io.Reader, w io.Writer, host doctor.Host, out *findings.Report) error {
	if reason := out.Unready(c.Config); reason != "" {
		out.Add(doctor.Finding{Check: "wires", Result: doctor.Skipped, Seen: "not checked: " + reason})
		return nil
	}
	hw, err := session.Choose(c.Pi, c.Config, clock.New())
	if err != nil {
		return err
	}
	b := c.bench(hw, host, out)
	if virtual := hw.Virtual; virtual != nil {
		for name, back := range c.Back {
			i := slices.IndexFunc(c.Config.Outputs, func(out config.Output) bool { return out.Name == name })
			if err := virtual.Connect(config.Pins(c.Config.Outputs[i].Part)[0], back); err != nil {
				return err
			}
		}
		b.Hand = virtual
	} else if !c.JSON && terminal.Is(in) && terminal.Is(w) {
		b.Hand = &prompt.Hand{Keys: prompt.NewKeys(ctx, in), Printer: out.Printer}
	}
	if !c.JSON {
		if len(out.All) > 0 {
			out.Printf("\n")
		}
		out.Printf("the wires of %s\n", hw.Where)
	}
	for found := range b.Wires(ctx) {
		out.Add(found)
	}
	return nil
}

// bench returns the bench of a Pi, with the fault of a virtual one.
func (c *Checkup) bench(hw session.Hardware, host doctor.Host, out *findings.Report) *doctor.Bench {
	b := &doctor.Bench{Config: c.Config, Pi: hw.Pi, Back: c.Back, Begin: func(check string) { out.Running(check, "checking") }}
	if hw.Virtual != nil {
		c.Fault.Apply(hw.Virtual)
		b.Unit = doctor.ShortUnit
	} else {
		b.Held, b.Reserved, b.Rebind, b.MISOFloats = host.Held(), host.Reserved(), host.Rebind, host.IsPi5()
	}
	return b
}
