package fi

import (
	"sync"

	"hillock/cmd/hillock/internal/modeltime"
	"hillock/neuron"
)

// sharedProgress is a progress that the loops of all points move.
type sharedProgress struct {
	mu    sync.Mutex
	steps int64
	bar   *modeltime.Progress // nil where nobody would see it
}

// loopProgress is what one loop has added to the shared progress.
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
