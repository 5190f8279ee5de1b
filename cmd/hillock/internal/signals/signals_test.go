package signals

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestFirstSignalEndsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		called := false
		err := run(func(ctx context.Context) error {
			defer Urgent(ctx, func() { called = true })()
			signals <- os.Interrupt
			<-ctx.Done()
			if got := context.Cause(ctx); got != (First{os.Interrupt}) {
				t.Errorf("got the cause %v, want the signal", got)
			}
			return errors.New("its own")
		}, signals)
		if fmt.Sprint(err) != "its own" || called {
			t.Errorf("got %v, the urgent function called: %v; want its own error, and no call", err, called)
		}
	})
}

// timeout(1) signals the program and then its process group.
func TestTwoSignalsAtOnceCountAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		called := false
		err := run(func(ctx context.Context) error {
			defer Urgent(ctx, func() { called = true })()
			signals <- syscall.SIGTERM
			time.Sleep(together)
			signals <- syscall.SIGTERM
			time.Sleep(time.Second) // a safe end
			return ctx.Err()
		}, signals)
		if err != context.Canceled || called {
			t.Errorf("got %v, the urgent function called: %v; want %v, and no call", err, called, context.Canceled)
		}
	})
}

func TestSecondSignalDoesNotWait(t *testing.T) {
	for _, tt := range []struct {
		name   string
		urgent func(forever chan struct{})
		took   time.Duration
	}{
		{"returns", func(chan struct{}) {}, 0},
		{"hangs", func(forever chan struct{}) { <-forever }, 2 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signals, forever := make(chan os.Signal, 2), make(chan struct{})
				called, forgotten := false, false
				began := time.Now()
				err := run(func(ctx context.Context) error {
					Urgent(ctx, func() { forgotten = true })()
					Urgent(ctx, func() { called = true })
					Urgent(ctx, func() { tt.urgent(forever) })
					signals <- os.Interrupt
					time.Sleep(together + 1)
					signals <- syscall.SIGTERM
					<-forever // a hanging driver call
					return nil
				}, signals)
				took := time.Since(began)
				synctest.Wait() // for the functions that return
				second, ok := errors.AsType[Second](err)
				if want := "ended at once by a second signal: terminated"; !ok || err.Error() != want || second.Status() != 143 {
					t.Errorf("got %v, want %s and exit status 143", err, want)
				}
				if want := together + 1 + tt.took; !called || forgotten || took != want {
					t.Errorf("got called %v, forgotten one called %v after %v; want true, false after %v", called, forgotten, took, want)
				}
				close(forever)
			})
		})
	}
}
