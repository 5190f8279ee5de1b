// Hillock is a neuron you can wire: on a Raspberry Pi it integrates the leaky integrate-and-fire equation in real
// time, takes its current from a knob, and pulses a pin at every spike; anywhere else it does so on a virtual Pi.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"hillock/config"
)

func main() {
	log.SetOutput(io.Discard) // periph's drivers log what our errors say better
	err := execute(newRoot())
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintln(os.Stderr, "hillock:", err)
	}
	os.Exit(status(err))
}

// execute runs the command line of the program. Its context ends at the first signal, which leaves everything safe; a second one
// kills. A panic comes back as an error: its exit status 2 would be taken for a bad command line.
func execute(root *cobra.Command) (err error) {
	defer caught(&err)
	signal.Ignore(syscall.SIGPIPE) // a reader that has gone is an error like others: it must not leave a pin high
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	switch {
	case isService(): // there it means: read the configuration again
		signal.Ignore(syscall.SIGHUP)
	case !signal.Ignored(syscall.SIGHUP): // nohup
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	context.AfterFunc(ctx, stop)
	return root.ExecuteContext(ctx)
}

// caught makes a panic an error, deferred: one in a goroutine would end the program with its pins as they are, and with the
// exit status of a bad command line.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// status is the exit status: 2 for a bad command line or file, which no restart mends, 1 for what else went wrong.
func status(err error) int {
	var bad usageError
	var problems config.Problems
	switch {
	case err == nil:
		return 0
	case errors.As(err, &bad), errors.As(err, &problems):
		return 2
	}
	return 1
}

// usageError is a bad command line, or a file named on it that cannot be used.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef is a usageError as fmt.Errorf makes it.
func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}
