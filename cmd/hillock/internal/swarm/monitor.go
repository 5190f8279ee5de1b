package swarm

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/readable"
)

// monitor measures the costs of a run each second, and shows its progress.
type monitor struct {
	swarm  *swarm
	own    *meter // nil where the system has no /proc
	broker *meter // nil without Load.Process
	begin  time.Time
	took   time.Duration
}

// newMonitor begins the measurement.
func newMonitor(s *swarm) (*monitor, error) {
	m := &monitor{swarm: s, begin: time.Now()}
	m.own, _ = newMeter(os.Getpid()) // no /proc
	if s.Process == 0 {
		return m, nil
	}
	var err error
	if m.broker, err = newMeter(s.Process); err != nil {
		return nil, fmt.Errorf("--cpu-of: process %d ended before the load: %w", s.Process, err)
	}
	return m, nil
}

// start measures each second until stop.
func (m *monitor) start(messages io.Writer) (stop func()) {
	ended := make(chan struct{})
	var measuring sync.WaitGroup
	measuring.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-tick.C:
				m.sample()
				m.show(messages, n)
			case <-ended:
				m.sample()
				wipe(messages)
				return
			}
		}
	})
	return func() {
		m.took = time.Since(m.begin)
		close(ended)
		measuring.Wait()
	}
}

func (m *monitor) sample() {
	for _, meter := range []*meter{m.own, m.broker} {
		if meter != nil {
			meter.sample()
		}
	}
}

// show rewrites the line of progress.
func (m *monitor) show(messages io.Writer, n int) {
	now := m.swarm.readers[0].second()
	progress(messages, "%d s of %s: %d batches received, %d steps lost, delay p99 %s",
		n, readable.Seconds(m.swarm.Duration.Seconds()), now.batches, now.lost, readable.Micros(float64(now.delay)/1e3))
}

// progress rewrites a line on a terminal. Elsewhere it prints nothing.
func progress(w io.Writer, format string, args ...any) {
	if readable.Rewrites(w) {
		fmt.Fprintf(w, "\r"+format+"\x1b[K", args...)
	}
}

// wipe wipes the line of progress.
func wipe(w io.Writer) { progress(w, "") }
