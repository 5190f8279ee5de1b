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

const (
	ms = time.Millisecond
	us = time.Microsecond
)

// A counter that changes all the time and is drawn at most 20 times per second.
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

// part records the times of its pictures. Pictures can take time and fail.
type part struct {
	start time.Time
	did   []string
	takes []time.Duration // of each picture, then 0
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

func TestPicturesComeAtTheirRate(t *testing.T) {
	broken := errors.New("remote I/O error")
	for _, tt := range []struct {
		name  string
		part  *part
		want  []string // up to Halt at 95 ms
		fault error    // before Halt
		end   error
	}{
		{"at its rate", &part{}, []string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 95ms"}, nil, nil},
		{"after a slow picture the next comes at once, then at the rate", &part{takes: []time.Duration{50 * ms}},
			[]string{"0s", "50ms", "70ms", "90ms", "dark 95ms"}, nil, nil},
		{"Halt waits for the current picture", &part{takes: []time.Duration{0, 0, 0, 0, 500 * ms}},
			[]string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 580ms"}, nil, nil},
		{"a picture after a failure clears the fault", &part{fail: map[int]error{1: broken}},
			[]string{"0s", "20ms", "40ms", "60ms", "80ms", "dark 95ms"}, nil, nil},
		{"the fault of the latest picture stays", &part{fail: map[int]error{4: broken}, dark: broken},
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

func TestHungTransferIsAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &part{start: time.Now(), takes: []time.Duration{time.Hour}}
		p := frames.Start("screen", 20*ms, d.paint, d.darken)
		time.Sleep(frames.Patience)
		if err := p.Fault(); err != nil {
			t.Errorf("got %v before Patience, want no fault", err)
		}
		time.Sleep(ms)
		if err := p.Fault(); !errors.Is(err, frames.ErrHangs) || err.Error() != "screen: a transfer hangs" {
			t.Errorf("got %v, want ErrHangs", err)
		}
		began := time.Now()
		if err := p.Halt(); !errors.Is(err, frames.ErrHangs) || err.Error() != "screen: a transfer hangs: the part is still on" {
			t.Errorf("got %v, want ErrHangs", err)
		}
		if took := time.Since(began); took != frames.Patience {
			t.Errorf("got Halt after %v, want %v", took, frames.Patience)
		}
		<-p.Ended()
		if diff := cmp.Diff([]string{"0s", "dark 1h0m0s"}, d.did); diff != "" {
			t.Errorf("after the transfer returned: %s", diff)
		}
		if err := p.Halt(); err != nil || p.Fault() != nil {
			t.Errorf("got %v, %v; want it dark", err, p.Fault())
		}
	})
}

func TestPanicIsAFault(t *testing.T) {
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

// A value that changes each millisecond. Two pictures take longer: the next one has the latest value.
func TestFollowDrawsEachChange(t *testing.T) {
	broken := errors.New("remote I/O error")
	for _, tt := range []struct {
		name  string
		part  *part
		want  []string // of five changes at 0 to 4 ms, and one each at 500 ms and 600 ms
		fault error    // after 5 ms
	}{
		{"each change", &part{}, []string{"0s", "1ms", "2ms", "3ms", "4ms", "500ms", "600ms", "dark 700ms"}, nil},
		{"a slow picture", &part{takes: []time.Duration{0, 2500 * us}}, []string{"0s", "1ms", "3.5ms", "4ms", "500ms", "600ms", "dark 700ms"}, nil},
		{"a pause after a failure", &part{fail: map[int]error{1: broken}}, []string{"0s", "1ms", "501ms", "600ms", "dark 700ms"}, broken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.part.start = time.Now()
				p := frames.Follow("screen", tt.part.paint, tt.part.darken)
				at := func(when time.Duration) {
					time.Sleep(when - time.Since(tt.part.start))
					p.Wake()
					synctest.Wait()
				}
				for i := range 5 {
					at(time.Duration(i) * ms)
				}
				if got := p.Fault(); got != tt.fault {
					t.Errorf("got fault %v, want %v", got, tt.fault)
				}
				at(500 * ms)
				at(600 * ms)
				time.Sleep(100 * ms)
				if err := errors.Join(p.Fault(), p.Halt()); err != nil {
					t.Error(err)
				}
				p.Wake() // has no effect
				if diff := cmp.Diff(tt.want, tt.part.did); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// Halt ends the pause after a failure.
func TestHaltEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &part{start: time.Now(), fail: map[int]error{0: errors.New("remote I/O error")}}
		p := frames.Follow("screen", d.paint, d.darken)
		p.Wake()
		time.Sleep(ms)
		if err := p.Halt(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"0s", "dark 1ms"}, d.did); diff != "" {
			t.Error(diff)
		}
	})
}
