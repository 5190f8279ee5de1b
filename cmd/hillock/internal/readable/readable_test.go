package readable

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Digits(0.123456, 3), "0.123"},
		{Digits(123456, 3), "123456"},
		{Digits(1e-7, 4), "0.0000001"},
		{Digits(0, 4), "0"},
		{Digits(math.Inf(1), 4), "+Inf"},
		{Count(1, "spike"), "1 spike"},
		{Count(int64(0), "spike"), "0 spikes"},
		{Seconds(0), "0 s"},
		{Seconds(0.0123456), "12.35 ms"},
		{Seconds(2.00049), "2 s"},
		{Micros(0.123), "0.12 us"},
		{Micros(12.6), "13 us"},
		{Micros(1234), "1.23 ms"},
		{Micros(2.5e6), "2.5 s"},
		{Interval(0, 1.2), "silent at 1.2 nA"},
		{Interval(50, 2), "one every 20 ms (50 Hz) at 2 nA"},
		{Bar(0.5, 4), "██░░"},
		{Bar(math.Inf(1), 2), "██"},
		{OneLine("a\nb"), "a; b"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if got := Round(1.23456789); got != 1.2346 {
		t.Errorf("got %v, want 1.2346", got)
	}
	if got := Milliseconds(100 * time.Microsecond); got != 0.1 {
		t.Errorf("got %v ms, want 0.1", got)
	}
}

func TestWrapBreaksAtBlanks(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"one two three", 8, []string{"one two", "three"}},
		{"E_L of -70 mV", 8, []string{"E_L of", "-70 mV"}},
		{"use the --duration flag", 12, []string{"use the", "--duration", "flag"}},
		{"a read-only file", 9, []string{"a", "read-only", "file"}},
		{"two  blanks", 20, []string{"two  blanks"}},
		{"  indented", 20, []string{"  indented"}},
		{"one\n\ntwo three", 5, []string{"one", "", "two", "three"}},
		{"µΩ µΩ", 5, []string{"µΩ µΩ"}},
		{"\x1b[1mbold text\x1b[m here", 9, []string{"\x1b[1mbold text\x1b[m", "here"}},
		{"a longerthanaline b", 6, []string{"a", "longer", "thanal", "ine b"}},
		{"   muchtoolong", 8, []string{"   mucht", "oolong"}},
		{"       word", 5, []string{"word"}},
		{"界界界", 3, []string{"界", "界", "界"}},
		{"", 8, []string{""}},
		{strings.Repeat("word ", 17), 0, []string{strings.TrimSpace(strings.Repeat("word ", 16)), "word"}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.text, c.width)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", c.text, c.width, diff)
		}
	}
}

func TestHangIndentsTheRestOfALine(t *testing.T) {
	const text = "read   one two three four\nshort\n"
	for _, c := range []struct {
		width, indent int
		want          string
	}{
		{16, 7, "read   one two\n       three\n       four\nshort\n"},
		{25, 7, text},
		{0, 7, text},
		{12, 40, "read   one\n        two\n        thre\n        e\n        four\nshort\n"},
		{3, 0, "rea\nd\none\ntwo\nthr\nee\nfou\nr\nsho\nrt\n"},
	} {
		if diff := cmp.Diff(c.want, Hang(text, c.width, c.indent)); diff != "" {
			t.Errorf("%d columns, indent %d (-want +got):\n%s", c.width, c.indent, diff)
		}
	}
}

func TestFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, w := range []io.Writer{f, io.Discard} {
		if columns, rows, ok := Terminal(w); columns != 0 || rows != 0 || ok {
			t.Errorf("%T: got %d by %d, %v; want no terminal", w, columns, rows, ok)
		}
	}
}

// full is a writer with room for one call.
type full struct {
	calls int
	text  strings.Builder
}

func (f *full) Write(b []byte) (int, error) {
	if f.calls++; f.calls > 1 {
		return 0, errors.New("full")
	}
	return f.text.Write(b)
}

func TestPrinterStopsAtTheFirstError(t *testing.T) {
	w := &full{}
	p := Printer{W: w}
	for _, line := range []string{"one\n", "two\n", "three\n"} {
		p.Printf("%s", line)
	}
	if p.Err == nil || p.Err.Error() != "full" || w.calls != 2 || w.text.String() != "one\n" {
		t.Errorf("got %q, %v after %d calls, want the first line, full after 2", w.text.String(), p.Err, w.calls)
	}
}
