package checkup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// lateness runs the loop without a part for a while, and says how late its ticks were.
func lateness(ctx context.Context, cfg *config.Config, d time.Duration) doctor.Finding {
	f := doctor.Finding{Check: "lateness", Result: doctor.Failed}
	alone := *cfg
	alone.Inputs, alone.Outputs, alone.Neurons = nil, nil, slices.Clone(cfg.Neurons)
	for i := range alone.Neurons {
		alone.Neurons[i].Inputs = nil
	}
	wall := clock.New()
	run, err := session.Open(ctx, &alone, session.Hardware{}, session.Options{Wall: wall, Duration: d}) // there is nothing to open
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	end, err := run.Run(ctx, session.Unseen)
	if err = errors.Join(err, ctx.Err(), run.Close()); err != nil {
		f.Result, f.Seen = doctor.NotPossible, "not tried to the end: "+err.Error()
		return f
	}
	late := end.Times.Late
	f.Seen = fmt.Sprintf("%d of %d ticks of %v in %v; late %s", end.Tick.Run(), end.Tick.Due, alone.Loop.Tick, d, late)
	tick := float64(alone.Loop.Tick) / 1e3
	switch {
	case end.Tick.Run() < end.Tick.Due:
		f.Means = "this machine does not keep such a tick: the neuron runs in slow motion"
		f.Do = "end what else runs, grant real time, or take a longer tick"
	case late.P99 > tick:
		f.Means = "1 in 100 ticks begins more than a whole one late"
		f.Do = "end what else runs, or grant real time; hillock bench has more"
	default:
		f.Result = doctor.Passed
	}
	return f
}
