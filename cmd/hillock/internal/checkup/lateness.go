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
	"hillock/neuron"
)

// lateness runs the loop for d without parts and checks how late its ticks were.
func lateness(ctx context.Context, cfg *config.Config, d time.Duration, virtual bool) doctor.Finding {
	f := doctor.Finding{Check: "lateness", Result: doctor.Failed}
	alone := *cfg
	alone.Inputs, alone.Outputs, alone.Neurons = nil, nil, slices.Clone(cfg.Neurons)
	for i := range alone.Neurons {
		alone.Neurons[i].Inputs = nil
	}
	run, err := session.Open(ctx, &alone, session.Hardware{}, session.Options{RealTime: clock.New(), Duration: d}) // there is nothing to open
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	end, err := run.Run(ctx, session.Unseen)
	if err = errors.Join(err, run.Close()); err == nil && ctx.Err() != nil {
		err = errors.New("stopped before the end")
	}
	if err != nil {
		f.Result, f.Seen = doctor.Skipped, "not checked: "+err.Error()
		return f
	}
	f.Seen = fmt.Sprintf("%d of %d ticks of %s in %s; late %s", end.Tick.Run(), end.Tick.Due, config.FormatTime(cfg.Loop.Tick), config.FormatTime(d), end.Times.Late)
	judge(&f, end.Tick, end.Times.Late, cfg.Loop.Tick, virtual)
	return f
}

// judge completes the finding on the lateness of a loop with this tick. Late ticks are a failure on a real Pi, where the LED
// would show them. On the virtual Pi they are a warning: a busy computer is no fault of the kit, and the wires are fine.
func judge(f *doctor.Finding, ticks neuron.Tick, late session.Percentiles, tick time.Duration, virtual bool) {
	f.Result = doctor.Failed
	if virtual {
		f.Result = doctor.Warning
	}
	switch {
	case ticks.Run() < ticks.Due:
		f.Means = "this machine is too slow for this tick: the neuron runs in slow motion"
		f.Do = "stop other programs, grant real time, or set a longer tick"
	case late.P99 > float64(tick)/1e3:
		f.Means = "1 of 100 ticks begins more than one tick late"
		f.Do = "stop other programs, or grant real time; 'hillock bench' shows more"
	default:
		f.Result = doctor.Passed
	}
}
