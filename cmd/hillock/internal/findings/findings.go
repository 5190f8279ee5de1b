// Package findings prints what the doctor found.
package findings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/doctor"
)

// Report prints findings as they come, as JSON too: its reader need not wait while a person looks at an LED.
type Report struct {
	*readable.Printer
	JSON bool             // an array of objects in place of lines
	wide int              // of a line
	All  []doctor.Finding // printed so far
}

// column is where the text of a finding begins.
const column = 15

// New returns a report on w, no wider than the terminal that w may be.
func New(w io.Writer) *Report {
	f := &Report{Printer: &readable.Printer{W: w}, wide: 115}
	if file, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			f.wide = min(f.wide, max(width, 3*column))
		}
	}
	return f
}

// Add prints a finding.
func (f *Report) Add(found doctor.Finding) {
	f.All = append(f.All, found)
	if f.JSON {
		f.array(found)
		return
	}
	mark := map[doctor.Result]string{doctor.Passed: "ok  ", doctor.Warning: "warn", doctor.Failed: "FAIL", doctor.Skipped: "-   "}[found.Result]
	f.Printf("%s  %-8s %s\n", mark, found.Check, f.hang(found.Seen))
	if found.Means != "" {
		f.Printf("%*s%s\n", column, "", f.hang("means: "+found.Means))
	}
	if found.Do != "" {
		f.Printf("%*s%s\n", column, "", f.hang("do:    "+found.Do))
	}
}

// hang wraps a text that begins at the column.
func (f *Report) hang(text string) string {
	rows := strings.Split(lipgloss.NewStyle().Width(f.wide-column).Render(text), "\n")
	for i, row := range rows {
		rows[i] = strings.TrimRight(row, " ")
	}
	return strings.Join(rows, "\n"+strings.Repeat(" ", column))
}

// Unready returns why the wires cannot be checked yet, "" where they can.
func (f *Report) Unready(cfg *config.Config) string {
	needs := append(cfg.Ports(), "user", "GPIO")
	for _, found := range f.All {
		switch {
		case found.Result == doctor.Failed && slices.Contains(needs, found.Check):
			return "mend " + found.Check + " first"
		case found.Means == doctor.Running:
			return "a hillock runs and has the parts: end it first, or sudo systemctl stop hillock"
		}
	}
	return ""
}

// array prints a finding as an element of the array that Close ends.
func (f *Report) array(found doctor.Finding) {
	text, err := json.MarshalIndent(found, "  ", "  ")
	before := ",\n  "
	if len(f.All) == 1 {
		before = "[\n  "
	}
	f.Err = errors.Join(f.Err, err)
	f.Printf("%s%s", before, text)
}

// Close ends the report, and returns the first error of printing.
func (f *Report) Close() error {
	switch {
	case f.JSON && len(f.All) == 0:
		f.Printf("[]\n")
	case f.JSON:
		f.Printf("\n]\n")
	}
	return f.Err
}

// End is Close, but its error also counts the checks that failed.
func (f *Report) End() error {
	err := f.Close()
	failed := 0
	for _, found := range f.All {
		if found.Result == doctor.Failed {
			failed++
		}
	}
	if failed > 0 {
		return errors.Join(err, fmt.Errorf("%s failed", readable.Count(failed, "check")))
	}
	return err
}

// Print prints a whole report.
func Print(w io.Writer, all []doctor.Finding) error {
	f := New(w)
	for _, found := range all {
		f.Add(found)
	}
	return f.End()
}
