package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// every calls f with each command of the tree.
func every(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, sub := range cmd.Commands() {
		every(sub, f)
	}
}

func TestHelpFitsInNarrowTerminals(t *testing.T) {
	every(newRoot(), func(cmd *cobra.Command) {
		for _, width := range []int{80, 100} {
			text := helpPage(cmd).String(width)
			for line := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("%s: got a line of %d columns, want at most %d: %s", cmd.CommandPath(), n, width, line)
				}
			}
			words := strings.Fields(text)
			for _, word := range strings.Fields(helpPage(cmd).String(10_000)) {
				if !slices.Contains(words, word) {
					t.Errorf("%s: got no whole %q in %d columns", cmd.CommandPath(), word, width)
				}
			}
		}
	})
}

func TestFlagsNameTheirValuesAlike(t *testing.T) {
	kinds := []string{"", "address", "code", "current", "file", "key=value", "name", "number", "output=pin", "time", "token"}
	every(newRoot(), func(cmd *cobra.Command) {
		for _, f := range flagsOf(cmd) {
			if !slices.Contains(kinds, f.Value) {
				t.Errorf("%s --%s: got the value %q, want one of %q", cmd.CommandPath(), f.Name, f.Value, kinds)
			}
		}
	})
}
