package checkup

import (
	"context"
	"errors"

	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/session"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// jumpers finds the jumper wires, draws them, and prints the findings. It returns an error after a failed check.
func (c *Checkup) jumpers(ctx context.Context, host doctor.Host, out *findings.Report) error {
	if c.Pi == "real" || c.Pi == "auto" && board.OnPi() != "" {
		for _, found := range host.SetUp(c.Config) { // as far as it stands in the way
			if found.Result == doctor.Failed || found.Means == doctor.Running {
				out.Add(found)
			}
		}
	}
	if reason := out.Unready(c.Config); reason != "" {
		out.Add(doctor.Finding{Check: "jumpers", Result: doctor.Skipped, Seen: "not checked: " + reason})
		return out.End()
	}
	hw, err := session.Choose(c.Pi, c.Config, clock.New())
	if err != nil {
		return errors.Join(err, out.Close())
	}
	wires, err := c.find(ctx, c.bench(hw, host, out), out)
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("stopped before the end")
		}
		return errors.Join(err, out.Close())
	}
	if !c.JSON {
		out.Printf("the jumper wires of %s\n", hw.Where)
		for _, row := range draw(c.Config, wires, c.Listen) {
			out.Printf("%s\n", row.text(out))
		}
		out.Printf("\n")
	}
	for _, found := range append(wires.Findings, doctor.Listened(wires)) {
		out.Add(found)
	}
	return out.End()
}

// find finds the jumper wires. With Listen it prints each at once.
func (c *Checkup) find(ctx context.Context, b *doctor.Bench, out *findings.Report) (doctor.Connectome, error) {
	if !c.Listen {
		return b.Connectome(ctx, func(doctor.Jumper) {})
	}
	if !c.JSON {
		out.Printf("listening: run 'hillock doctor FILE --jumpers' on the other board; Ctrl-C ends it here\n")
	}
	return b.Listen(ctx, func(j doctor.Jumper) {
		if !c.JSON {
			out.Printf("heard %s: %s -> %s\n", j.Output, j.From, j.To)
		}
	})
}
