// Package man writes a manual page in man(7)'s macros.
package man

import (
	"fmt"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/help"
)

// Page is a manual page of section 1 about all commands of a program.
type Page struct {
	Program, Version string
	Date             time.Time
	Short, Long      string
	Example          string
	Commands         []Command
	Sections         []Section // after the examples
	SeeAlso          []string  // pages of section 1
}

// Command is a command of the program, as its help describes it.
type Command struct {
	Use, Text, Example string
	Flags              []help.Flag
}

// Section is a list of terms and their meanings.
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
	source := strings.TrimSpace(p.Program + " " + Literal.Replace(p.Version))
	m.line(`.TH %s 1 %s "%s" "User Commands"`, name, p.Date.UTC().Format(time.DateOnly), source)
	m.line(".nh") // no hyphens in keys such as rate_exact_hz
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

// Literal escapes the characters that roff replaces by typographic ones: typed text stays as it is.
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

func (m *page) flag(f help.Flag) {
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
	m.entry(head, f.Meaning())
}

// entry writes a term, made of macros or escapes, and its meaning.
func (m *page) entry(term, text string) {
	m.line(".TP\n%s", term)
	m.prose(text)
}

// prose writes paragraphs, parted by blank lines. An indented paragraph keeps its lines.
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

// text writes a line. An escape keeps a point at its beginning from starting a macro.
func (m *page) text(line string) {
	line = strings.TrimRight(line, "\n")
	if strings.HasPrefix(line, ".") {
		m.WriteString(`\&`)
	}
	m.line("%s", Literal.Replace(line))
}
