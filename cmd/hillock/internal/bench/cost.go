package bench

import (
	"context"
	"runtime"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/neuron"
)

// consumed is the cost of the program so far.
type consumed struct {
	at  time.Time
	cpu time.Duration
	mem runtime.MemStats
}

func measureConsumed() consumed {
	u := consumed{at: time.Now(), cpu: cpuTime()}
	runtime.ReadMemStats(&u.mem)
	return u
}

// spent is the cost of the program during a measurement.
type spent struct {
	time, cpu   time.Duration
	allocs      uint64
	collections uint32
}

// measureRun runs a session and returns its cost after the first tenth: until then Go still starts threads. The cost of a shorter
// run is 0.
func measureRun(ctx context.Context, s *session.Session, warm *warmUp) (*session.Summary, spent, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	first := make(chan consumed, 1)
	go func() {
		select {
		case <-warm.done:
		case <-ctx.Done():
		}
		first <- measureConsumed()
	}()
	var after consumed
	end, err := s.Run(ctx, func(ctx context.Context) error {
		<-ctx.Done() // the end of the loop
		after = measureConsumed()
		return nil
	})
	cancel()
	before := <-first
	if !warm.over || !before.at.Before(after.at) {
		return end, spent{}, err
	}
	return end, spent{after.at.Sub(before.at), after.cpu - before.cpu, after.mem.Mallocs - before.mem.Mallocs, after.mem.NumGC - before.mem.NumGC}, err
}

// warmUp observes the first ticks.
type warmUp struct {
	ticks int64
	done  chan struct{} // closed after them
	over  bool
}

func (w *warmUp) Tick(t neuron.Tick) {
	if t.Due >= w.ticks && !w.over {
		w.over = true
		close(w.done)
	}
}
