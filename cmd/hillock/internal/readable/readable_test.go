package readable

import (
	"errors"
	"math"
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
	if diff := cmp.Diff([]string{"one two", "three"}, Wrap("one two three", 8)); diff != "" {
		t.Errorf("wrapped (-want +got):\n%s", diff)
	}
}

// full is a writer that refuses everything after its first call.
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
