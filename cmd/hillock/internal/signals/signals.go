// Package signals ends a program in two steps. The first signal ends a context: the program switches its outputs off and takes its
// time. The second one is for a program that hangs: the functions of Urgent run at once, beside the rest, and the program exits.
package signals

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"hillock/cmd/hillock/internal/bounded"
)

// Patience is the time for all functions of Urgent together.
const Patience = 2 * time.Second

// together is the time after the first signal during which a second one does not count: timeout(1) signals the program and then its
// process group.
const together = 200 * time.Millisecond

// First is the cause of the context's end after a first signal.
type First struct{ Signal os.Signal }

func (e First) Error() string { return "ended by a signal: " + e.Signal.String() }

// Second is the error of a program after a second signal.
type Second struct{ Signal os.Signal }

func (e Second) Error() string {
	return "ended at once by a second signal: " + e.Signal.String()
}

// Status returns the exit status after a signal, as shells count it: 128 plus its number.
func (e Second) Status() int {
	if s, ok := e.Signal.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return 1
}

// Run calls f with a context that ends at the first signal, with a First as its cause, and returns the error of f. At a second one, more than 200 ms later,
// it calls the functions of Urgent and returns a Second without waiting for f.
func Run(f func(context.Context) error, of ...os.Signal) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, of...)
	defer signal.Stop(signals)
	return run(f, signals)
}

func run(f func(context.Context) error, signals <-chan os.Signal) error {
	u := &urgent{calls: map[int]func(){}}
	ctx, cancel := context.WithCancelCause(context.WithValue(context.Background(), key{}, u))
	defer cancel(nil)
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	select {
	case err := <-ended:
		return err
	case s := <-signals:
		cancel(First{s})
	}
	for first := time.Now(); ; {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			if time.Since(first) <= together {
				continue
			}
			u.call()
			return Second{s}
		}
	}
}

type key struct{}

// urgent holds the functions for a second signal.
type urgent struct {
	mu    sync.Mutex // no other lock is taken under it
	last  int
	calls map[int]func()
}

// Urgent registers a function for a second signal, until forget. The function runs on its own goroutine beside the program, and
// must be safe there.
func Urgent(ctx context.Context, f func()) (forget func()) {
	u, ok := ctx.Value(key{}).(*urgent)
	if !ok { // the context of a test
		return func() {}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last++
	id := u.last
	u.calls[id] = f
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.calls, id)
	}
}

// call calls all functions at the same time, and waits at most Patience.
func (u *urgent) call() {
	var all sync.WaitGroup
	u.mu.Lock()
	for _, f := range u.calls {
		all.Go(f)
	}
	u.mu.Unlock()
	_ = bounded.Call(Patience, "", func() error { all.Wait(); return nil }) // the program ends in any case
}
