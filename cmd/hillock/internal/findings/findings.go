// Package findings prints the findings of the doctor.
package findings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/doctor"
)

// Report prints each finding at once, as text or as an element of a JSON array.
type Report struct {
	*readable.Printer
	JSON bool
	All  []doctor.Finding // printed so far

	width    int // of a line
	colors   bool
	progress *progress // nil: the line of the running check cannot be replaced
}

const (
	column    = 15  // of the text of a finding
	pageWidth = 115 // the longest line
)

// New returns a report on w, no wider than w if w is a terminal.
func New(w io.Writer) *Report {
	f := &Report{Printer: &readable.Printer{W: w}, width: pageWidth}
	columns, _, ok := readable.Terminal(w)
	if !ok {
		return f
	}
	f.width = min(pageWidth, max(columns, 3*column))
	colors := readable.Colors(w)
	f.colors = colors > colorprofile.ASCII
	if colors > colorprofile.NoTTY {
		f.replaceProgress()
	}
	return f
}

// replaceProgress makes the report show the running check until the next text replaces it.
func (f *Report) replaceProgress() {
	f.progress = &progress{Writer: f.W}
	f.W = f.progress
}

// progress is a terminal with a line for the running check.
type progress struct {
	io.Writer
	shown bool
}

func (p *progress) Write(b []byte) (int, error) {
	if p.shown {
		p.shown = false
		if _, err := io.WriteString(p.Writer, "\r\x1b[K"); err != nil {
			return 0, err
		}
	}
	return p.Writer.Write(b)
}

// Running shows the name of the running check on a terminal.
func (f *Report) Running(check, what string) {
	if f.progress != nil && !f.JSON {
		f.Printf("...   %-8s %s", check, what)
		f.progress.shown = true
	}
}

// Mark returns the first column of a finding.
func (f *Report) Mark(r doctor.Result) string {
	text := map[doctor.Result]string{doctor.Passed: "ok  ", doctor.Warning: "warn", doctor.Failed: "FAIL", doctor.Skipped: "skip"}[r]
	if !f.colors {
		return text
	}
	switch r {
	case doctor.Passed:
		return lipgloss.NewStyle().Foreground(lipgloss.Green).Render(text)
	case doctor.Failed:
		return lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true).Render(text)
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Yellow).Render(text)
}

// Add prints a finding.
func (f *Report) Add(found doctor.Finding) {
	f.All = append(f.All, found)
	if f.JSON {
		f.array(found)
		return
	}
	f.Printf("%s  %-8s %s\n", f.Mark(found.Result), found.Check, f.hang(found.Seen))
	if found.Means != "" {
		f.Printf("%*s%s\n", column, "", f.hang("means: "+found.Means))
	}
	if found.Do != "" {
		f.Printf("%*s%s\n", column, "", f.hang("do:    "+found.Do))
	}
}

// hang wraps a text. All its rows begin at the column.
func (f *Report) hang(text string) string {
	return strings.Join(readable.Wrap(text, f.width-column), "\n"+strings.Repeat(" ", column))
}

// Unready returns the reason to skip the checks of the wires, or "".
func (f *Report) Unready(cfg *config.Config) string {
	needs := append(cfg.Ports(), "user", "GPIO")
	for _, found := range f.All {
		switch {
		case found.Result == doctor.Failed && slices.Contains(needs, found.Check):
			return "fix " + found.Check + " first"
		case found.Means == doctor.Running:
			return "a running hillock has the parts: stop it first, or run 'sudo systemctl stop hillock'"
		}
	}
	return ""
}

// array prints a finding as an element of the array. Close ends the array.
func (f *Report) array(found doctor.Finding) {
	text, err := json.MarshalIndent(found, "  ", "  ")
	before := ",\n  "
	if len(f.All) == 1 {
		before = "[\n  "
	}
	f.Err = errors.Join(f.Err, err)
	f.Printf("%s%s", before, text)
}

// Close ends the report: the array of JSON, or a line with the number of checks. It returns the first error of printing.
func (f *Report) Close() error {
	switch {
	case f.JSON && len(f.All) == 0:
		f.Printf("[]\n")
	case f.JSON:
		f.Printf("\n]\n")
	case len(f.All) > 0:
		f.Printf("\n%s\n", strings.Join(readable.Wrap(f.counts(), f.width), "\n"))
	}
	return f.Err
}

// counts returns the number of checks by result, and the names of the skipped checks with their reasons.
func (f *Report) counts() string {
	text := readable.Count(f.number(doctor.Passed), "check") + " passed"
	if n := f.number(doctor.Warning); n > 0 {
		text += ", " + readable.Count(n, "warning")
	}
	if n := f.number(doctor.Failed); n > 0 {
		text += fmt.Sprintf(", %d failed", n)
	}
	n := f.number(doctor.Skipped)
	if n == 0 {
		return text
	}
	var reasons []string
	checks := map[string][]string{} // by reason
	for _, found := range f.All {
		if found.Result != doctor.Skipped {
			continue
		}
		reason := strings.TrimPrefix(found.Seen, "not checked: ")
		if checks[reason] == nil {
			reasons = append(reasons, reason)
		}
		checks[reason] = append(checks[reason], found.Check)
	}
	for i, reason := range reasons {
		reasons[i] = strings.Join(checks[reason], ", ") + " (" + reason + ")"
	}
	return text + fmt.Sprintf(", %d skipped: %s", n, strings.Join(reasons, ", "))
}

// number returns the number of checks with a result.
func (f *Report) number(r doctor.Result) (n int) {
	for _, found := range f.All {
		if found.Result == r {
			n++
		}
	}
	return n
}

// End is Close, with an error after a failed check.
func (f *Report) End() error {
	err := f.Close()
	if failed := f.number(doctor.Failed); failed > 0 {
		return errors.Join(err, fmt.Errorf("%s failed", readable.Count(failed, "check")))
	}
	return err
}
