package readable

import (
	"fmt"
	"io"
)

// Printer prints until the first error.
type Printer struct {
	W   io.Writer
	Err error // the first
}

// Printf prints as fmt.Printf does, unless an earlier call failed.
func (l *Printer) Printf(format string, args ...any) {
	if l.Err == nil {
		_, l.Err = fmt.Fprintf(l.W, format, args...)
	}
}
