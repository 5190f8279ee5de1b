package main

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// retired lists words that hillock does not use, each with the word in its place: CONTRIBUTING.md, Style. CHANGELOG.md may name
// what is gone.
var retired = []struct{ word, instead string }{
	{`wall(-| )?(clock|time)|(on|of) the wall|wall_hz`, "real time"},
	{`\blife's\b|than life\b`, "real time"},
	{`\blook(s|ed|ing)? on\b`, "watch"},
	{`\b(nobody [a-z]|whoever\b)`, "the noun, or the passive"},
	{`\bhangs on (nothing|it)\b`, "not connected"},
	{`not a key of this table`, "unknown key"},
	{`is there already`, "already exists"},
	{`\bby chance\b`, "random"},
	{`\bwhat there is (of|to)\b`, "the noun"},
	{`predicted nothing`, "no prediction: REASON"},
}

func TestRetiredWordsStayAway(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED: -short: the words are the same on each processor")
	}
	patterns := make([]*regexp.Regexp, len(retired))
	for i, r := range retired {
		patterns[i] = regexp.MustCompile(`(?i)` + r.word)
	}
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "dist"}, d.Name()):
			return fs.SkipDir
		case d.IsDir(), d.Name() == "words_test.go", d.Name() == "CHANGELOG.md", strings.Contains(d.Name(), ".min."), !isText(d.Name()):
			return nil
		}
		for n, line := range strings.Split(read(t, name), "\n") {
			for i, p := range patterns {
				if word := p.FindString(line); word != "" {
					t.Errorf("%s:%d: got %q, want %s: %s", name, n+1, word, retired[i].instead, strings.TrimSpace(line))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isText reports whether a file is written by hand for people or compilers.
func isText(name string) bool {
	extensions := []string{".go", ".js", ".mjs", ".css", ".html", ".md", ".toml", ".service", ".rules", ".sh", ".txtar", ".c", ".yaml"}
	return name == "Makefile" || slices.Contains(extensions, filepath.Ext(name))
}
