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

// Files are the files of a curve, each "" for none.
type Files struct {
	CSV  string // "-" for standard output
	Plot string // with an extension of chart.Format
}

// Show writes the files and draws the curve on a terminal. Without a file and a terminal it prints CSV to out. The names of the
// files and the summary go to messages, even after a failed file.
func (c *Curve) Show(out, messages io.Writer, to Files) error {
	width, height, terminal := readable.Terminal(out)
	if to.CSV == "" && to.Plot == "" && !terminal {
		return outfile.Write("-", out, c.CSV)
	}
	written, err := c.files(out, to)
	if to.Plot == "" && to.CSV != "-" && terminal {
		below := len(readable.Wrap(c.Summary(), width)) + 1 // the prompt
		if drawn := c.Chart().Draw(out, width, height-below); drawn != nil {
			return errors.Join(err, drawn)
		}
	} else if to.Plot == "" && to.CSV == "-" {
		return err
	}
	if written != nil {
		fmt.Fprintf(messages, "%s written\n", strings.Join(written, ", "))
	}
	fmt.Fprintln(messages, readable.Fit(messages, c.Summary(), 0))
	return err
}

// files writes each file, even after an error in the other, and returns the names of the written ones.
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
