// Package signals ends a program in two steps. At the first signal a context ends, and the program leaves everything safe in
// its own time. At the second one it does not get that time: what has registered with Urgent is called beside whatever
// hangs, and the program is to exit.
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

// Patience is how long the functions of Urgent may take, all together.
const Patience = 2 * time.Second

// together is how soon after the first signal another one still counts as the same: timeout(1) sends its signal to a program
// and to the program's process group.
const together = 200 * time.Millisecond

// Second is the error of a program that a second signal ended.
type Second struct{ Signal os.Signal }

func (e Second) Error() string {
	return "ended at once by a second signal: " + e.Signal.String()
}

// Status is the exit status that a shell gives a program that a signal ended: 128 and its number.
func (e Second) Status() int {
	if s, ok := e.Signal.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return 1
}

// Run calls f with a context that ends at the first signal, and returns its error. At the second one, more than 200 ms later, it
// calls what is registered with Urgent, and returns a Second; f is left where it is.
func Run(f func(context.Context) error, of ...os.Signal) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, of...)
	defer signal.Stop(signals)
	return run(f, signals)
}

func run(f func(context.Context) error, signals <-chan os.Signal) error {
	u := &urgent{calls: map[int]func(){}}
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, u))
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-signals:
		cancel()
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

// urgent holds what is to be called at a second signal.
type urgent struct {
	mu    sync.Mutex // no other lock is taken under it
	last  int
	calls map[int]func()
}

// Urgent registers a function for a second signal to the program of a context, until forget. It is called on a goroutine of
// its own, beside whatever the program is doing, and must be safe there.
func Urgent(ctx context.Context, f func()) (forget func()) {
	u, ok := ctx.Value(key{}).(*urgent)
	if !ok { // of no program: a test's
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

// call calls all functions, each beside the others, and waits for them no longer than Patience.
func (u *urgent) call() {
	var all sync.WaitGroup
	u.mu.Lock()
	for _, f := range u.calls {
		all.Go(f)
	}
	u.mu.Unlock()
	_ = bounded.Call(Patience, "", func() error { all.Wait(); return nil }) // the program ends in any case
}
