// Package example lists and prints the example configurations.
package example

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/deploy/examples"
)

const extension = ".toml"

// An Example is a configuration to start from.
type Example struct {
	Name    string   // "two-neurons"
	About   string   // one sentence
	Text    string   // of the configuration
	Records []string // names of the recordings that it plays, beside it
}

// All returns the examples by name.
func All() []Example {
	var all []Example
	for _, file := range files("*" + extension) {
		e := Example{Name: strings.TrimSuffix(file, extension), Text: text(file)}
		e.About = about(e.Text)
		for _, record := range files("*.csv") {
			if strings.Contains(e.Text, `"`+record+`"`) {
				e.Records = append(e.Records, record)
			}
		}
		all = append(all, e)
	}
	return all
}

func files(pattern string) []string {
	names, err := fs.Glob(examples.Files(), pattern)
	if err != nil {
		panic(err) // the patterns are constants
	}
	return names
}

func text(file string) string {
	b, err := fs.ReadFile(examples.Files(), file)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return string(b)
}

// about returns the first sentence of the comment at the top of a configuration, without its full stop.
func about(text string) string {
	var words []string
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		for _, word := range strings.Fields(comment) {
			words = append(words, word)
			if strings.HasSuffix(word, ".") {
				return strings.TrimSuffix(strings.Join(words, " "), ".")
			}
		}
	}
	return strings.Join(words, " ")
}

// List prints the name and a description of each example.
func List(w io.Writer) error {
	p := readable.Printer{W: w}
	all := All()
	width := 0
	for _, e := range all {
		width = max(width, len(e.Name))
	}
	for _, e := range all {
		p.Printf("%s\n", readable.Fit(w, fmt.Sprintf("%-*s  %s", width, e.Name, e.About), width+2))
	}
	return p.Err
}

// Print prints the example of a name, or a recording. It names the recordings of the example on messages.
func Print(w, messages io.Writer, name string) error {
	if slices.Contains(files("*.csv"), name) {
		_, err := io.WriteString(w, text(name))
		return err
	}
	var known []string
	for _, e := range All() {
		known = append(known, e.Name)
		if e.Name != strings.TrimSuffix(name, extension) {
			continue
		}
		p := readable.Printer{W: w}
		p.Printf("%s", e.Text)
		for _, record := range e.Records {
			fmt.Fprintf(messages, "the example plays %s: write it beside the configuration with 'hillock example %[1]s > %[1]s'\n", record)
		}
		return p.Err
	}
	if near := config.Nearest(name, known); near != "" {
		return usage.Errorf("unknown example %q: did you mean %s?", name, near)
	}
	return usage.Errorf("unknown example %q: 'hillock example' lists all", name)
}
