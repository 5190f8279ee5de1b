package fi

import (
	"sync"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/neuron"
)

// sharedProgress is the progress of the loops of all points.
type sharedProgress struct {
	mu    sync.Mutex
	steps int64
	bar   *modeltime.Progress // nil without a terminal
}

// loopProgress is the part of one loop in the shared progress.
type loopProgress struct {
	all   *sharedProgress
	steps int64
}

func (p *loopProgress) Tick(t neuron.Tick) {
	if p.all.bar == nil {
		return
	}
	p.all.mu.Lock()
	defer p.all.mu.Unlock()
	p.all.steps += t.Steps - p.steps
	p.steps = t.Steps
	p.all.bar.Tick(neuron.Tick{Steps: p.all.steps})
}
