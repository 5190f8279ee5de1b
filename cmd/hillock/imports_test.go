package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The layout of the design: neuron <- config <- hw <- cmd. An arrow may be skipped but not reversed. hw and neuron do not import
// each other. neuron needs the standard library only. Flags stay in package main. Examples in deploy are data for cmd.
func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f",
		`{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{range .TestImports}} {{.}}{{end}}{{range .XTestImports}} {{.}}{{end}}`, "hillock/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	rooms := []string{"deploy", "neuron", "config", "hw", "cmd"}
	room := func(path string) int {
		for i, r := range rooms {
			if rest, ok := strings.CutPrefix(path, "hillock/"+r); ok && (rest == "" || rest[0] == '/') {
				return i
			}
		}
		return -1
	}
	packages := 0
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(line)
		from := room(paths[0])
		if from < 0 {
			t.Errorf("%s: in none of the rooms %v", paths[0], rooms)
			continue
		}
		packages++
		for _, path := range paths[1:] {
			to := room(path)
			switch {
			case to > from:
				t.Errorf("%s imports %s: the arrows point neuron <- config <- hw <- cmd", paths[0], path)
			case to >= 0 && rooms[to] == "deploy" && rooms[from] != "cmd":
				t.Errorf("%s imports %s: only cmd may import deploy", paths[0], path)
			case rooms[from] == "hw" && to >= 0 && rooms[to] == "neuron":
				t.Errorf("%s imports %s: hw and neuron must not import each other", paths[0], path)
			case strings.Contains(paths[0], "/internal/") && strings.HasPrefix(path, "github.com/spf13/"):
				t.Errorf("%s imports %s: flags belong to package main: its calls take plain values", paths[0], path)
			case rooms[from] == "neuron" && to < 0 && strings.Contains(strings.Split(path, "/")[0], "."):
				t.Errorf("%s imports %s: neuron needs the standard library only", paths[0], path)
			}
		}
	}
	if packages < 7 {
		t.Errorf("got %d packages, want at least 7: did go list see the module?", packages)
	}
}

// Package main declares flags, turns them into values and makes one call. Everything else belongs in a package.
func TestPackageMainIsThin(t *testing.T) {
	const perFile, inAll = 150, 2000
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(text, []byte("\n"))
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		if all += lines; lines > perFile {
			t.Errorf("%s: got %d lines, want at most %d", file, lines, perFile)
		}
	}
	if all > inAll || all == 0 {
		t.Errorf("got %d lines, want at most %d", all, inAll)
	}
}
