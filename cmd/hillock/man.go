package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hillock/cmd/hillock/internal/usage"
)

// newMan prints the manual page, for packages; who has no package reads it with 'hillock man | man -l -'.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man",
		Short:  "print the manual page, dated by SOURCE_DATE_EPOCH where it is set",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			date := time.Now()
			if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
				s, err := strconv.ParseInt(epoch, 10, 64)
				if err != nil {
					return usage.Errorf("SOURCE_DATE_EPOCH: must be seconds since 1970, got %q", epoch)
				}
				date = time.Unix(s, 0)
			}
			_, err := io.WriteString(cmd.OutOrStdout(), manual(cmd.Root(), date))
			return err
		},
	}
}

// manual is one page in man(7)'s macros over all commands, made of their help.
func manual(root *cobra.Command, date time.Time) string {
	var m page
	m.line(`.TH HILLOCK 1 %s "hillock %s" "User Commands"`, date.UTC().Format(time.DateOnly), literal.Replace(version))
	m.line(".nh") // keys such as rate_exact_hz would be broken
	m.line(".SH NAME\nhillock \\- %s", literal.Replace(root.Short))
	m.line(".SH SYNOPSIS\n.B hillock\n.I command\n.RI [ argument ]\n.RI [ flags ]")
	m.line(".SH DESCRIPTION")
	m.prose(root.Long)
	m.line(".SH COMMANDS")
	m.commands(root)
	m.line(".SH EXAMPLES")
	m.verbatim(root.Example)
	m.line(".SH EXIT STATUS")
	m.entry(`.B 0`, "all went well, also when a run was ended by a signal")
	m.entry(`.B 1`, "something else went wrong")
	m.entry(`.B 2`, "a bad command line or a bad configuration")
	m.entry(`.B 128+n`, "a second signal, of number n, ended the program at once: its outputs are off")
	m.line(".SH ENVIRONMENT")
	m.entry(".B "+webTokenVariable, "the token that 'hillock run --web' asks a browser for before it makes changes, where no flag gives one")
	m.line(".SH FILES")
	m.entry(".I /etc/hillock/hillock.toml", "the configuration of the service hillock.service; its comments say what each key means, and 'hillock config init -' prints them")
	m.entry(".I /usr/share/doc/hillock/examples", "other configurations")
	m.line(".SH SEE ALSO\n.BR systemctl (1),\n.BR journalctl (1)")
	return m.String()
}

// page is text for man(7)'s macros.
type page struct{ strings.Builder }

// literal makes what is typed survive as it is: of these characters roff makes typographic ones.
var literal = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`)

func (m *page) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// commands writes of each visible command its usage, help, flags and examples; of one that only holds others, those.
func (m *page) commands(of *cobra.Command) {
	for _, cmd := range of.Commands() {
		switch {
		case cmd.Hidden || !cmd.IsAvailableCommand():
			continue
		case cmd.HasAvailableSubCommands():
			m.commands(cmd)
			continue
		}
		m.line(".SS %s", literal.Replace(cmd.UseLine()))
		if cmd.Long != "" {
			m.prose(cmd.Long)
		} else {
			m.prose(cmd.Short)
		}
		cmd.LocalFlags().VisitAll(m.flag)
		if cmd.Example != "" {
			m.line(".PP")
			m.verbatim(cmd.Example)
		}
	}
}

func (m *page) flag(f *pflag.Flag) {
	if f.Hidden || f.Name == "help" {
		return
	}
	name, usage := pflag.UnquoteUsage(f)
	head := literal.Replace("--" + f.Name)
	if f.Shorthand != "" {
		head = literal.Replace("-"+f.Shorthand) + ", " + head
	}
	head = `\fB` + head + `\fR`
	switch {
	case name == "":
	case f.NoOptDefVal != "":
		head += `[=\fI` + literal.Replace(name) + `\fR]`
	default:
		head += ` \fI` + literal.Replace(name) + `\fR`
	}
	switch f.DefValue {
	case "", "[]", "false", "0":
	default:
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	m.entry(head, usage)
}

// entry is a term, of macros or escapes, and what it means.
func (m *page) entry(term, text string) {
	m.line(".TP\n%s", term)
	m.prose(text)
}

// prose writes paragraphs that a blank line parts. What stands in from the margin keeps its lines.
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

// text is a line that no first character makes a macro.
func (m *page) text(line string) {
	line = strings.TrimRight(line, "\n")
	if strings.HasPrefix(line, ".") {
		m.WriteString(`\&`)
	}
	m.line("%s", literal.Replace(line))
}
