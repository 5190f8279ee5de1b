// Package man writes a manual page in man(7)'s macros.
package man

import (
	"fmt"
	"strings"
	"time"
)

// Page is a manual page of section 1 over all commands of a program.
type Page struct {
	Program, Version string
	Date             time.Time
	Short, Long      string
	Example          string
	Commands         []Command
	Sections         []Section // after the examples
	SeeAlso          []string  // pages of section 1
}

// Command is a command of the program, by its help.
type Command struct {
	Use, Text, Example string
	Flags              []Flag
}

// Flag is a flag of a command.
type Flag struct {
	Name, Shorthand string
	Value           string // what stands for its value, "" where it has none
	Optional        bool   // the value
	Usage, Default  string
}

// Section is a list of terms with their meaning.
type Section struct {
	Name    string
	Entries []Entry
}

// Entry is a term, set in a font, "B" for bold or "I" for italic, and its meaning.
type Entry struct{ Font, Term, Text string }

// String returns the page's source.
func (p *Page) String() string {
	var m page
	name := strings.ToUpper(p.Program)
	m.line(`.TH %s 1 %s "%s %s" "User Commands"`, name, p.Date.UTC().Format(time.DateOnly), p.Program, Literal.Replace(p.Version))
	m.line(".nh") // keys such as rate_exact_hz would be broken
	m.line(".SH NAME\n%s \\- %s", p.Program, Literal.Replace(p.Short))
	m.line(".SH SYNOPSIS\n.B %s\n.I command\n.RI [ argument ]\n.RI [ flags ]", p.Program)
	m.line(".SH DESCRIPTION")
	m.prose(p.Long)
	m.line(".SH COMMANDS")
	for _, c := range p.Commands {
		m.command(c)
	}
	m.line(".SH EXAMPLES")
	m.verbatim(p.Example)
	for _, s := range p.Sections {
		m.line(".SH %s", s.Name)
		for _, e := range s.Entries {
			m.entry("."+e.Font+" "+e.Term, e.Text)
		}
	}
	m.line(".SH SEE ALSO\n.BR %s (1)", strings.Join(p.SeeAlso, " (1),\n.BR "))
	return m.String()
}

// page is the source of a page.
type page struct{ strings.Builder }

// Literal escapes the characters that roff would make typographic ones: what is typed stays as it is.
var Literal = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`)

func (m *page) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// command writes the usage, help, flags and examples of a command.
func (m *page) command(c Command) {
	m.line(".SS %s", Literal.Replace(c.Use))
	m.prose(c.Text)
	for _, f := range c.Flags {
		m.flag(f)
	}
	if c.Example != "" {
		m.line(".PP")
		m.verbatim(c.Example)
	}
}

func (m *page) flag(f Flag) {
	head := Literal.Replace("--" + f.Name)
	if f.Shorthand != "" {
		head = Literal.Replace("-"+f.Shorthand) + ", " + head
	}
	head = `\fB` + head + `\fR`
	switch {
	case f.Value == "":
	case f.Optional:
		head += `[=\fI` + Literal.Replace(f.Value) + `\fR]`
	default:
		head += ` \fI` + Literal.Replace(f.Value) + `\fR`
	}
	text := f.Usage
	if f.Default != "" {
		text += fmt.Sprintf(" (default %s)", f.Default)
	}
	m.entry(head, text)
}

// entry writes a term, of macros or escapes, and what it means.
func (m *page) entry(term, text string) {
	m.line(".TP\n%s", term)
	m.prose(text)
}

// prose writes paragraphs, which blank lines part. An indented paragraph keeps its lines.
func (m *page) prose(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			m.line(".PP")
		}
		if strings.HasPrefix(paragraph, " ") {
			m.verbatim(paragraph)
			continue
		}
		for line := range strings.Lines(paragraph) {
			m.text(line)
		}
	}
}

func (m *page) verbatim(text string) {
	m.line(".nf")
	for line := range strings.Lines(text) {
		m.text(line)
	}
	m.line(".fi")
}

// text writes a line, which must not become a macro by its first character.
func (m *page) text(line string) {
	line = strings.TrimRight(line, "\n")
	if strings.HasPrefix(line, ".") {
		m.WriteString(`\&`)
	}
	m.line("%s", Literal.Replace(line))
}
