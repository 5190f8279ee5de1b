package readable

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"
)

// Columns and Rows are the size of a terminal that does not know its size, such as a serial console.
const Columns, Rows = 80, 24

// Fit wraps a text to the terminal w as Hang does. Elsewhere it returns the text as it is.
func Fit(w io.Writer, text string, indent int) string {
	columns, _, ok := Terminal(w)
	if !ok {
		return text
	}
	return Hang(text, columns, indent)
}

// WriteFit writes the lines of a text, each as Fit returns it.
func WriteFit(w io.Writer, text string, indent int) error {
	for line := range strings.Lines(text) {
		if _, err := io.WriteString(w, Fit(w, line, indent)); err != nil {
			return err
		}
	}
	return nil
}

// Terminal returns the size of the terminal w, in columns and rows, and whether w is a terminal.
func Terminal(w io.Writer) (columns, rows int, ok bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, 0, false
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 1 || rows < 1 {
		return Columns, Rows, true
	}
	return columns, rows, true
}

// Colors returns the colours that the terminal w has. NO_COLOR, with any value, leaves bold and faint text. A dumb terminal has
// neither.
func Colors(w io.Writer) colorprofile.Profile {
	p := colorprofile.Detect(w, os.Environ())
	if os.Getenv("NO_COLOR") != "" {
		p = min(p, colorprofile.ASCII)
	}
	return p
}

// Rewrites reports whether w is a terminal with a cursor that moves: no file, and no dumb terminal.
func Rewrites(w io.Writer) bool {
	_, _, ok := Terminal(w)
	return ok && Colors(w) > colorprofile.NoTTY
}
