// Package help lays out the help of a command.
package help

import (
	"fmt"
	"io"
	"strings"

	"hillock/cmd/hillock/internal/readable"
)

// Page is the help of a command.
type Page struct {
	Text     string // paragraphs, parted by blank lines
	Usage    string // the command line
	Examples string // keeps its lines
	Commands []Entry
	Flags    []Flag
	More     string // the last sentence, "" for none
}

// Entry is a term and its meaning.
type Entry struct{ Term, Meaning string }

// Flag is a flag of a command, in words.
type Flag struct {
	Name, Shorthand string
	Value           string // stands for its value, "" for a flag without one
	Optional        bool   // the value
	Usage, Default  string // Default is "" where it goes without saying
}

// widest is the longest line of a help, in columns: longer ones are hard to read.
const widest = 100

// Print prints a page: at most as wide as the terminal w, and 80 columns wide elsewhere.
func Print(w io.Writer, p Page) error {
	width := readable.Columns
	if columns, _, ok := readable.Terminal(w); ok {
		width = min(widest, columns)
	}
	_, err := io.WriteString(w, p.String(width))
	return err
}

// flagMargin and commandMargin are the columns of the meanings. A longer term has a line of its own.
const flagMargin, commandMargin = 26, 14

// String returns the page in lines of at most width columns; examples keep their lines.
func (p Page) String(width int) string {
	w := &writer{width: width}
	w.prose(p.Text)
	w.title("Usage")
	w.line("  " + p.Usage)
	if p.Examples != "" {
		w.title("Examples")
		w.line(p.Examples)
	}
	if p.Commands != nil {
		w.title("Commands")
	}
	for _, c := range p.Commands {
		w.entry(commandMargin, c.Term, c.Meaning)
	}
	w.title("Flags")
	for _, f := range p.Flags {
		w.entry(flagMargin, f.term(), f.Meaning())
	}
	if p.More != "" {
		w.line("")
		w.prose(p.More)
	}
	return w.String()
}

// term returns the flag as it is typed.
func (f Flag) term() string {
	term := "    --" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", --" + f.Name
	}
	switch {
	case f.Value == "":
		return term
	case f.Optional:
		return term + "[=" + f.Value + "]"
	}
	return term + " " + f.Value
}

// Meaning returns the usage of a flag with its default.
func (f Flag) Meaning() string {
	if f.Default == "" {
		return f.Usage
	}
	return fmt.Sprintf("%s (default: %s)", f.Usage, f.Default)
}

// writer writes a help.
type writer struct {
	strings.Builder
	width int
}

func (w *writer) line(text string) { w.WriteString(text + "\n") }

func (w *writer) title(name string) { w.line("\n" + name + ":") }

// prose wraps paragraphs. An indented paragraph keeps its lines.
func (w *writer) prose(text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			w.line("")
		}
		if !strings.HasPrefix(paragraph, " ") {
			paragraph = readable.Hang(strings.Join(strings.Fields(paragraph), " "), w.width, 0)
		}
		w.line(paragraph)
	}
}

// entry writes a term and its meaning, from a column on.
func (w *writer) entry(margin int, term, meaning string) {
	head := fmt.Sprintf("  %-*s", margin-2, term)
	if len(head) > margin || head[margin-1] != ' ' {
		w.line("  " + term)
		head = strings.Repeat(" ", margin)
	}
	w.line(readable.Hang(head+meaning, w.width, margin))
}
