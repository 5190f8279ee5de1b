// Hillock is a neuron you can wire. On a Raspberry Pi it integrates the leaky integrate-and-fire equation in real time, reads its
// input current from a knob and pulses a pin at every spike. On any other machine it runs on a virtual Pi.
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
	log.SetOutput(io.Discard) // periph's drivers log; our errors say more
	os.Exit(exit(newRoot()))
}

// exit runs the command line, prints its error, and returns the exit status.
func exit(root *cobra.Command) int {
	err := execute(root)
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		_ = bounded.Call(time.Second, "", func() error { // a stopped terminal must not block the exit
			_, err := fmt.Fprintln(os.Stderr, usage.Text(err))
			return err
		})
	}
	return usage.Status(err)
}

// execute runs the command line. The first signal ends its context, for a safe end; a second one switches the outputs off and ends the
// program at once. A panic becomes an error: Go's exit status for it, 2, means a bad command line here.
func execute(root *cobra.Command) error {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error like others: it must not leave a pin high
	of := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	switch {
	case systemd.IsService(): // SIGHUP means reload
		signal.Ignore(syscall.SIGHUP)
	case !signal.Ignored(syscall.SIGHUP): // nohup
		of = append(of, syscall.SIGHUP)
	}
	return signals.Run(func(ctx context.Context) (err error) {
		defer bounded.Caught(&err)
		return root.ExecuteContext(ctx)
	}, of...)
}
