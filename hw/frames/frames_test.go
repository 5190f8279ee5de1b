package frames_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/frames"
)

const ms = time.Millisecond

// A counter that is written all the time, and shown now and then.
func Example() {
	var state atomic.Int64
	state.Store(42)
	shown := make(chan int64, 1)
	p := frames.Start("screen", 50*time.Millisecond, func() error {
		select {
		case shown <- state.Load():
		default:
		}
		return nil
	}, func() error { return nil })
	fmt.Println(<-shown)
	fmt.Println(p.Halt())
	// Output:
	// 42
	// <nil>
}

// part writes down when it was drawn, and takes a time for it.
type part struct {
	start time.Time
	did   []string
	takes []time.Duration // of the pictures in turn; then none
	fail  map[int]error   // by picture
	n     int
	dark  error
}

func (p *part) paint() error {
	n := p.n
	p.n++
	p.did = append(p.did, fmt.Sprint(time.Since(p.start)))
	if n < len(p.takes) {
		time.Sleep(p.takes[n])
	}
	return p.fail[n]
}

func (p *part) darken() error {
	p.did = append(p.did, fmt.Sprint("dark ", time.Since(p.start)))
	return p.dark
}

func TestPictures(t *testing.T) {
	broken := errors.New("remote I/O error")
	for _, tt := range []struct {
		name  string
		part  *part
		want  []string // to Halt at 95 ms
		fault error    // before that
		end   error
	}{
		{"at its rate", &part{}, []string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 95ms"}, nil, nil},
		{"a slow one is followed at once, then at the rate from there", &part{takes: []time.Duration{50 * ms}},
			[]string{"0s", "50ms", "70ms", "90ms", "dark 95ms"}, nil, nil},
		{"Halt waits for the one under way", &part{takes: []time.Duration{0, 0, 0, 0, 500 * ms}},
			[]string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 580ms"}, nil, nil},
		{"a failure is tried again, and is forgotten when that succeeds", &part{fail: map[int]error{1: broken}},
			[]string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 95ms"}, nil, nil},
		{"the fault of the latest stays", &part{fail: map[int]error{4: broken}, dark: broken},
			[]string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 95ms"}, broken, broken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.part.start = time.Now()
				p := frames.Start("screen", 20*ms, tt.part.paint, tt.part.darken)
				time.Sleep(95 * ms)
				synctest.Wait()
				if got := p.Fault(); got != tt.fault {
					t.Errorf("got fault %v, want %v", got, tt.fault)
				}
				if got := p.Halt(); got != tt.end {
					t.Errorf("got %v at the end, want %v", got, tt.end)
				}
				if got := p.Halt(); got != tt.end {
					t.Errorf("got %v from a second Halt, want %v", got, tt.end)
				}
				if diff := cmp.Diff(tt.want, tt.part.did); diff != "" {
					t.Error(diff)
				}
				if got, want := [2]int64{p.Pictures(), p.Failed()}, [2]int64{int64(tt.part.n - len(tt.part.fail)), int64(len(tt.part.fail))}; got != want {
					t.Errorf("got %v pictures and failures, want %v", got, want)
				}
			})
		})
	}
}

func TestATransferThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &part{start: time.Now(), takes: []time.Duration{time.Hour}}
		p := frames.Start("screen", 20*ms, d.paint, d.darken)
		time.Sleep(frames.Patience)
		if err := p.Fault(); err != nil {
			t.Errorf("got %v within the patience", err)
		}
		time.Sleep(ms)
		if err := p.Fault(); !errors.Is(err, frames.ErrHangs) || err.Error() != "screen: a transfer hangs" {
			t.Errorf("got %v, want that it hangs", err)
		}
		began := time.Now()
		if err := p.Halt(); !errors.Is(err, frames.ErrHangs) || err.Error() != "screen: a transfer hangs: it was not left dark" {
			t.Errorf("got %v, want that it hangs", err)
		}
		if took := time.Since(began); took != frames.Patience {
			t.Errorf("got Halt after %v, want %v", took, frames.Patience)
		}
		<-p.Ended()
		if diff := cmp.Diff([]string{"0s", "dark 1h0m0s"}, d.did); diff != "" {
			t.Errorf("what it did when the transfer returned: %s", diff)
		}
		if err := p.Halt(); err != nil || p.Fault() != nil {
			t.Errorf("got %v, %v; want it dark after all", err, p.Fault())
		}
	})
}

func TestAPanicIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := frames.Start("screen", 20*ms, func() error { panic("already closed") }, func() error { return nil })
		synctest.Wait()
		if got, want := fmt.Sprint(p.Fault()), "screen: panic: already closed"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := p.Halt(); err != nil {
			t.Error(err)
		}
	})
}
