package main

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fence matches a block of code with its file in CONTRIBUTING.md: ```go hw/part/toggle.go
var fence = regexp.MustCompile("(?ms)^```(\\w+) (\\S+)\n(.*?)^```$")

// added is the folder of the worked examples of CONTRIBUTING.md, with each file at its place in the repository.
const added = "testdata/new"

// TestContributing builds the examples of CONTRIBUTING.md. It adds the files of testdata/new and the page's diffs to the repository,
// and runs their tests.
func TestContributing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED: -short: the go tool runs on this machine's processor alone")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string]string{} // by place in the repository
	err = filepath.WalkDir(added, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			rel, _ := filepath.Rel(added, name)
			overlay[filepath.Join(root, rel)], err = filepath.Abs(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllStringSubmatch(read(t, "../../CONTRIBUTING.md"), -1) {
		place := filepath.Join(root, block[2])
		switch here, ok := overlay[place]; {
		case block[1] == "diff":
			overlay[place] = filepath.Join(t.TempDir(), filepath.Base(place))
			write(t, overlay[place], changed(t, block[2], read(t, cmp.Or(here, place)), block[3]))
		case !ok || !strings.Contains(read(t, here), block[3]):
			t.Errorf("%s/%s: got none, or no part of it that is\n%s", added, block[2], block[3])
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	write(t, file, string(list))
	tests := []string{"TestToggle", "TestMCP3021", "TestPIFSpikesInTheRightStep", "TestModelsMatchTheirDescriptions", "TestPanels", "TestRheobase"}
	cmd := exec.Command("go", "test", "-overlay", file, "-v", "-run", "^("+strings.Join(tests, "|")+"|TestPageShowsWhatWasSkipped)$",
		"./hw/part", "./neuron", "./cmd/hillock", "./cmd/hillock/internal/web")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, test := range tests {
		if !strings.Contains(string(out), "--- PASS: "+test+" (") {
			t.Errorf("%s did not pass:\n%s", test, out)
		}
	}
}

// changed applies a diff without line numbers to a text; the lines of its context must be there once.
func changed(t *testing.T, name, text, diff string) string {
	t.Helper()
	var before, after strings.Builder
	for line := range strings.Lines(diff) {
		if line[0] != '+' {
			before.WriteString(line[1:])
		}
		if line[0] != '-' {
			after.WriteString(line[1:])
		}
	}
	if n := strings.Count(text, before.String()); n != 1 {
		t.Fatalf("%s: got %d times, want once:\n%s", name, n, before.String())
	}
	return strings.Replace(text, before.String(), after.String(), 1)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestContributingNamesWhatExists checks the names in CONTRIBUTING.md: files, folders, make targets, tests, and variables of tests.
func TestContributingNamesWhatExists(t *testing.T) {
	t.Parallel()
	makefile, source := read(t, "../../Makefile"), allSource(t)
	text := fence.ReplaceAllString(read(t, "../../CONTRIBUTING.md"), "")
	for _, name := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(text, -1) {
		switch word := name[1]; {
		case regexp.MustCompile(`^[\w.-]+/[\w./-]*$`).MatchString(word):
			_, err := os.Stat(filepath.Join("../..", word))
			_, example := os.Stat(filepath.Join(added, word))
			if err != nil && example != nil {
				t.Errorf("CONTRIBUTING.md: %v", err)
			}
		case strings.HasPrefix(word, "make "):
			if target := strings.Fields(word)[1]; !strings.Contains(makefile, "\n"+target+":") {
				t.Errorf("CONTRIBUTING.md: make has no target %s", target)
			}
		case strings.HasPrefix(word, "HILLOCK_"):
			if name, _, _ := strings.Cut(word, "="); !strings.Contains(source, `"`+name+`"`) && !strings.Contains(makefile, "{"+name+":-") {
				t.Errorf("CONTRIBUTING.md: nothing reads %s", name)
			}
		case regexp.MustCompile(`^Test\w+$`).MatchString(word):
			if !strings.Contains(source, "func "+word+"(") {
				t.Errorf("CONTRIBUTING.md: there is no %s", word)
			}
		}
	}
}

// allSource returns the Go code of the repository, without testdata.
func allSource(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range []string{"neuron", "config", "hw", "cmd"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case filepath.Ext(name) == ".go":
				all.WriteString(read(t, name))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
