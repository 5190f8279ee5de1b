package part

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "hillock.toml")
	if err := os.WriteFile(file, config.DefaultTOML(), 0o644); err != nil {
		t.Fatal(err)
	}
	want := reference()
	want.File, want.Loop.Speed = file, 1
	got, err := config.Load(file, []string{"loop.speed=1"}, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got, err = config.Load("", nil, Kinds()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reference(), got); diff != "" {
		t.Errorf("built-in: -want +got\n%s", diff)
	}
}

func TestLoadRefusesMissingAndLargeFiles(t *testing.T) {
	var problems config.Problems
	_, err := config.Load("missing.toml", nil, Kinds())
	if got, want := err.Error(), "open missing.toml: no such file or directory: write one with 'hillock config init missing.toml'"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, &problems) {
		t.Errorf("%v: want fs.ErrNotExist and no Problems", err)
	}

	dir := t.TempDir()
	_, err = config.Load(dir, nil, Kinds())
	if got, want := err.Error(), dir+": must be a regular, non-empty file, got a directory"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if errors.As(err, &problems) {
		t.Errorf("%v: want no Problems", err)
	}

	large := filepath.Join(dir, "disk.img")
	if err := os.WriteFile(large, bytes.Repeat([]byte{'\n'}, 256<<10+1), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = config.Load(large, nil, Kinds())
	if got, want := err.Error(), large+":1:1: must be at most 256 KiB: 'hillock config init' writes a new file"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEditKeepsTheRest(t *testing.T) {
	text, err := config.Edit(config.DefaultTOML(), "input.knob.ends", "[12, 1010]")
	if err == nil {
		text, err = config.Edit(text, "input.knob.dead_zone", "3")
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse("", text, nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default(Kinds())
	knobOf(want, func(m *MCP3xxx) { m.Ends, m.DeadZone = [2]int{12, 1010}, 3 })
	if string(c.TOML()) != string(want.TOML()) {
		t.Errorf("got\n%s\nwant\n%s", c.TOML(), want.TOML())
	}
	before, after := strings.Count(string(config.DefaultTOML()), "#"), strings.Count(string(text), "#")
	if before != after {
		t.Errorf("got %d comments, want %d", after, before)
	}
}

// TestLoadReadsRecordedCurrents checks that a bad recorded current is an error before the run, with the place of a bad row in
// the CSV file.
func TestLoadReadsRecordedCurrents(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const text = "[input.r]\ndriver = \"file\"\nfile = \"r.csv\"\n[neuron.n1]\ninput = \"r\"\n[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n"
	file := write("my.toml", text)
	csv := filepath.Join(dir, "r.csv")
	const rule = `:3:1: input.r.file: must be a recorded current, got "r.csv": `
	for _, tt := range []struct {
		name, csv string
		sets      []string
		want      string
	}{
		{"none", "", nil, file + rule + "open " + csv + ": " + syscall.ENOENT.Error() + ": put the file beside the configuration, or write its whole path"},
		{"a bad row", "time_ms,current_na\n0,1\nx,2\n", nil, csv + `:3:1: time_ms: must be a number between 0 and 8640000000, got "x"`},
		{"nothing to repeat", "time_ms,current_na\n0,1\n", []string{"input.r.repeat=true"},
			file + rule + csv + ": must have a row after 0 ms to repeat, got one row, at 0 ms"},
		{"a folder", "time_ms,current_na\n0,1\n", []string{"input.r.file=" + dir},
			`--set input.r.file: must be a recorded current, got "` + dir + `": ` + dir + ": must be a regular file: copy its content into one"},
		{"a good one", "time_ms,current_na\n0,1\n", nil, "<nil>"},
	} {
		if tt.csv != "" {
			write("r.csv", tt.csv)
		}
		_, err := config.Load(file, tt.sets, Kinds())
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		if problems := (config.Problems)(nil); err != nil && !errors.As(err, &problems) {
			t.Errorf("%s: got %T, want Problems", tt.name, err)
		}
	}
	if _, err := config.Parse(file, []byte(strings.Replace(text, "r.csv", "none.csv", 1)), nil, Kinds()); err != nil {
		t.Errorf("got %v from a text on its own, want nil", err)
	}
}
