package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// documents are the pages for readers, relative to this folder.
func documents(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Glob("../../*.md")
	if err != nil {
		t.Fatal(err)
	}
	installed, err := filepath.Glob("../../deploy/doc/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(root) < 4 || len(installed) < 7 {
		t.Fatalf("got %q and %q, want all pages", root, installed)
	}
	return append(root, installed...)
}

// anchor returns the anchor of a heading in the form of GitHub.
func anchor(heading string) string {
	heading = strings.ToLower(strings.TrimSpace(heading))
	return strings.ReplaceAll(regexp.MustCompile(`[^\w -]`).ReplaceAllString(heading, ""), " ", "-")
}

func TestLinksOfDocumentsLead(t *testing.T) {
	t.Parallel()
	for _, page := range documents(t) {
		for _, match := range link.FindAllStringSubmatch(fence.ReplaceAllString(read(t, page), ""), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			file, section, _ := strings.Cut(match[1], "#")
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link %s: %v", page, match[1], err)
				continue
			}
			if section != "" && !hasAnchor(read(t, target), section) {
				t.Errorf("%s: link %s: %s has no such heading", page, match[1], target)
			}
		}
	}
}

func hasAnchor(text, section string) bool {
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		if anchor(h[1]) == section {
			return true
		}
	}
	return false
}

// The code in a page for users is part of the file that the page names, so that it compiles and its tests pass.
func TestCodeInDocumentsIsTested(t *testing.T) {
	t.Parallel()
	for _, page := range documents(t) {
		if filepath.Base(page) == "CONTRIBUTING.md" { // TestContributing
			continue
		}
		for _, block := range fence.FindAllStringSubmatch(read(t, page), -1) {
			if !strings.Contains(read(t, filepath.Join("../..", block[2])), block[3]) {
				t.Errorf("%s: %s does not contain\n%s", page, block[2], block[3])
			}
		}
	}
}

// The package installs deploy/doc and deploy/examples side by side and nothing else of the repository.
func TestInstalledDocumentsLinkToInstalledFiles(t *testing.T) {
	t.Parallel()
	packaged := read(t, "../../deploy/nfpm.yaml")
	for _, folder := range []string{"deploy/doc/*, dst: /usr/share/doc/hillock/doc,", "deploy/examples/*.toml, dst: /usr/share/doc/hillock/examples,",
		"deploy/examples/*.csv, dst: /usr/share/doc/hillock/examples,", "deploy/examples/*.json, dst: /usr/share/doc/hillock/examples,"} {
		if !strings.Contains(packaged, folder) {
			t.Errorf("deploy/nfpm.yaml does not install %q", folder)
		}
	}
	for _, page := range documents(t) {
		if filepath.Base(filepath.Dir(page)) != "doc" {
			continue
		}
		for _, match := range link.FindAllStringSubmatch(read(t, page), -1) {
			file, _, _ := strings.Cut(match[1], "#")
			if strings.Contains(file, "://") || !strings.Contains(file, "/") || strings.HasPrefix(file, "../examples/") {
				continue
			}
			t.Errorf("%s: link %s leads to a file that the package does not install", page, match[1])
		}
	}
}

// The commands of a class have each flag that the page gives them.
func TestCommandsOfAClassExist(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`(?:[^\s"]|"[^"]*")+`)
	commands := 0
	for line := range strings.Lines(read(t, "../../deploy/doc/class.md")) {
		words := word.FindAllString(strings.Replace(line, "ExecStart=/usr/bin/", "", 1), -1)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], `"`, "") // as a shell does
		}
		if !strings.HasPrefix(line, "    ") || len(words) < 2 || words[0] != "hillock" {
			continue
		}
		commands++
		cmd, args, err := newRoot().Find(words[1:])
		if err == nil {
			err = cmd.ParseFlags(args)
		}
		if err != nil || !cmd.HasParent() {
			t.Errorf("%s: got %v, want a command with these flags", strings.TrimSpace(line), err)
		}
	}
	if commands < 8 {
		t.Errorf("got %d commands, want 8 or more", commands)
	}
}

// A first user reads the README from top to bottom.
func TestREADMEIsShort(t *testing.T) {
	t.Parallel()
	if lines := strings.Count(read(t, "../../README.md"), "\n"); lines > 220 {
		t.Errorf("got %d lines, want at most 220", lines)
	}
}
