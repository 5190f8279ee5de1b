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
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/bounded"
	"hillock/cmd/hillock/internal/signals"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/cmd/hillock/internal/usage"
)

func main() {
	log.SetOutput(io.Discard) // periph's drivers log what our errors say better
	os.Exit(exit(newRoot()))
}

// exit runs the command line, prints its error, and returns the exit status.
func exit(root *cobra.Command) int {
	err := execute(root)
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		_ = bounded.Call(time.Second, "", func() error { // a terminal that is stopped must not keep the program
			_, err := fmt.Fprintln(os.Stderr, usage.Text(err))
			return err
		})
	}
	return usage.Status(err)
}

// execute runs the command line of the program. Its context ends at the first signal, which leaves everything safe; a second
// one puts the outputs off and ends the program at once. A panic is returned as an error: its exit status 2 would be taken
// for a bad command line.
func execute(root *cobra.Command) error {
	signal.Ignore(syscall.SIGPIPE) // a reader that has gone is an error like others: it must not leave a pin high
	of := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	switch {
	case systemd.IsService(): // there it means: read the configuration again
		signal.Ignore(syscall.SIGHUP)
	case !signal.Ignored(syscall.SIGHUP): // nohup
		of = append(of, syscall.SIGHUP)
	}
	return signals.Run(func(ctx context.Context) (err error) {
		defer bounded.Caught(&err)
		return root.ExecuteContext(ctx)
	}, of...)
}
