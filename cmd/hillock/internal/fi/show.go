package fi

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
)

// Files are where a curve is written to, each "" for none.
type Files struct {
	CSV  string // "-" for standard output
	Plot string // its extension is one that chart.Format knows
}

// Show writes the files, draws the curve where out is a terminal, and prints it as CSV where there is nothing else to look at.
// The summary and what was written go to messages, also where a file cannot be written.
func (c *Curve) Show(out, messages io.Writer, to Files) error {
	width, height, terminal := readable.Terminal(out)
	if to.CSV == "" && to.Plot == "" && !terminal {
		return outfile.Write("-", out, c.CSV)
	}
	written, err := c.files(out, to)
	if to.Plot == "" && to.CSV != "-" && terminal {
		if drawn := c.Chart().Draw(out, width, height-3); drawn != nil { // the summary takes two lines, the prompt one
			return errors.Join(err, drawn)
		}
	} else if to.Plot == "" && to.CSV == "-" {
		return err
	}
	if written != nil {
		fmt.Fprintf(messages, "%s written\n", strings.Join(written, ", "))
	}
	fmt.Fprintln(messages, c.Summary())
	return err
}

// files writes the files, each also where the other one cannot be written, and returns the names of those that were.
func (c *Curve) files(out io.Writer, to Files) (written []string, err error) {
	write := func(name string, f func(io.Writer) error) {
		if name == "" {
			return
		}
		failed := outfile.Write(name, out, f)
		if failed == nil && name != "-" {
			written = append(written, name)
		}
		err = errors.Join(err, failed)
	}
	write(to.Plot, func(w io.Writer) error {
		format, _ := chart.Format(to.Plot)
		return c.Chart().Picture(w, format)
	})
	write(to.CSV, c.CSV)
	return written, err
}
