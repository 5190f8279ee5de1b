package wave

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseReadsSpreadsheets(t *testing.T) {
	for _, text := range []string{
		"time_ms,current_na\n0,1.5\n10.1,-2e0\n",
		"\xef\xbb\xbftime_ms,current_na\r\n0,1.5\r\n10.1,-2\r\n",
		"time_ms, current_na\n0, 1.5\n\n\"10.1\",-2",
	} {
		r, err := Parse("knob.csv", strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if want := []time.Duration{0, 10_100_000}; !slices.Equal(r.at, want) {
			t.Errorf("%q: got times %v, want %v", text, r.at, want)
		}
		if want := []float64{1.5, -2}; !slices.Equal(r.current, want) {
			t.Errorf("%q: got currents %v, want %v", text, r.current, want)
		}
	}
}

// endless is an endless text.
type endless struct{ text string }

func (e endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	return n, nil
}

// A wrong path may be a device, a disk image or a recording of a year.
func TestParseRefusesEndlessText(t *testing.T) {
	const head = "time_ms,current_na\n0,1\n"
	for _, tt := range []struct{ head, text, want string }{
		{"", "\x00", "a.csv:1:1: a line must have at most 1000 bytes"},
		{head, "1", "a.csv:3:1: a line must have at most 1000 bytes"},
		{head + "\"1\n", "\n", "a.csv:3:1: must end each quoted value in its line"},
	} {
		_, err := Parse("a.csv", io.MultiReader(strings.NewReader(tt.head), endless{tt.text}))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.text, err, tt.want)
		}
	}
	for rows, want := range map[int]string{3: "<nil>", 4: "a.csv:5:1: must have at most 3 rows"} {
		text := "time_ms,current_na\n"
		for i := range rows {
			text += fmt.Sprintf("%d,1\n", i)
		}
		if _, err := parse("a.csv", strings.NewReader(text), 3); fmt.Sprint(err) != want {
			t.Errorf("%d rows: got %v, want %s", rows, err, want)
		}
	}
}

func TestLoadRefusesOtherThanRegularFiles(t *testing.T) {
	for _, name := range []string{t.TempDir(), os.DevNull} {
		want := name + ": must be a regular file: copy its content into one"
		if _, err := Load(name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestParseRefusesBadRows(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "knob.csv:1:1: must begin with the header time_ms,current_na, got an empty file"},
		{"0,1\n", `knob.csv:1:1: must begin with the header time_ms,current_na, got "0,1"`},
		{"time_ms;current_na\n0;1\n", `knob.csv:1:1: must begin with the header time_ms,current_na, got "time_ms;current_na": separate values with a comma, and write decimals with a point`},
		{"time_ms,current_na\n", "knob.csv:2:1: must have a row time_ms,current_na after the header, got none"},
		{"time_ms,current_na\n0\n", "knob.csv:2:1: must have two values, time_ms,current_na, got 1"},
		{"time_ms,current_na\n0,1,2\n", "knob.csv:2:1: must have two values, time_ms,current_na, got 3"},
		{"time_ms,current_na\n0,1\n0,2\n", `knob.csv:3:1: time_ms: must be later than the row before, 0 ms, got "0"`},
		{"time_ms,current_na\n5,1\n4,2\n", `knob.csv:3:1: time_ms: must be later than the row before, 5 ms, got "4"`},
		{"time_ms,current_na\n-1,1\n", `knob.csv:2:1: time_ms: must be a number between 0 and 8640000000, got "-1"`},
		{"time_ms,current_na\nNaN,1\n", `knob.csv:2:1: time_ms: must be a number between 0 and 8640000000, got "NaN"`},
		{"time_ms,current_na\n1e10,1\n", `knob.csv:2:1: time_ms: must be a number between 0 and 8640000000, got "1e10"`},
		{"time_ms,current_na\n0,\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got ""`},
		{"time_ms,current_na\n0,2 nA\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got "2 nA"`},
		{"time_ms,current_na\n0,Inf\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got "Inf"`},
		{"time_ms,current_na\n0,0x1p4\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got "0x1p4"`},
		{"time_ms,current_na\n0,1e400\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got "1e400"`},
		{"time_ms,current_na\n0,0x1_0p4\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got "0x1_0p4"`},
		{"time_ms,current_na\n0,1_0\n", `knob.csv:2:3: current_na: must be a number between -1000000 and 1000000, got "1_0"`},
		{"time_ms,current_na\n0,\"1\n", `knob.csv:2:1: must end each quoted value in its line`},
	} {
		if _, err := Parse("knob.csv", strings.NewReader(tt.text)); err == nil || err.Error() != tt.want {
			t.Errorf("%q:\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

// parsed returns the recording of a correct text.
func parsed(t *testing.T, text string) *Recorded {
	t.Helper()
	r, err := Parse("knob.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecordedHoldsEachRow(t *testing.T) {
	once := parsed(t, "time_ms,current_na\n1,10\n2,20\n4,30\n4.5,40\n5,50\n")
	again, err := once.Repeated()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := once.End(), 5*time.Millisecond; got != want {
		t.Errorf("got the end at %v, want %v", got, want)
	}
	for _, tt := range []struct {
		us          int64
		once, again float64
	}{ // forward, in jumps, back
		{-1, 0, 0}, {0, 0, 0}, {999, 0, 0}, {1000, 10, 10}, {1999, 10, 10}, {2000, 20, 20}, {3999, 20, 20}, {4000, 30, 30},
		{4999, 40, 40}, {5000, 50, 0}, {5999, 50, 0}, {6000, 50, 10}, {9500, 50, 40}, {1e12 + 2000, 50, 20}, {4600, 40, 40},
		{0, 0, 0}, {4200, 30, 30}, {1000, 10, 10},
	} {
		now := time.Duration(tt.us) * time.Microsecond
		if got := [2]float64{once.Current(now), again.Current(now)}; got != [2]float64{tt.once, tt.again} {
			t.Errorf("at %v: got %v nA once and repeated, want %v", now, got, [2]float64{tt.once, tt.again})
		}
	}
}

func TestRecordedIsAFunctionOfTime(t *testing.T) {
	r := parsed(t, "time_ms,current_na\n0,1\n1,2\n3,3\n7,4\n8,5\n9,6\n")
	draw := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		now := time.Duration(draw.Int64N(12e6)) - time.Millisecond
		want := 0.0
		for i, at := range r.at {
			if at <= now {
				want = r.current[i]
			}
		}
		if got := r.Current(now); got != want {
			t.Fatalf("at %v: got %g nA, want %g", now, got, want)
		}
	}
}

func TestRepeatedNeedsTwoRows(t *testing.T) {
	_, err := parsed(t, "time_ms,current_na\n0,1\n").Repeated()
	if want := "knob.csv: must have a row after 0 ms to repeat, got one row, at 0 ms"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadReadsAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "knob.csv")
	if _, err := Load(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
	if err := os.WriteFile(name, []byte("time_ms,current_na\n0,1.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Current(0); got != 1.5 {
		t.Errorf("got %g nA, want 1.5", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("time_ms,current_na\n0,1.5\n10.1,-2e0\n")
	f.Add("\xef\xbb\xbftime_ms,current_na\r\n0,1\r\n")
	f.Add("time_ms,current_na\n0,\"1\n\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse("knob.csv", strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "knob.csv:") {
				t.Errorf("%q: got %v, want the place", text, err)
			}
			return
		}
		last := time.Duration(-1)
		for i, at := range r.at {
			if at <= last || !(math.Abs(r.current[i]) <= MaxCurrent) {
				t.Errorf("%q: got %v nA at %v after %v", text, r.current[i], at, last)
			}
			last = at
		}
		if got, want := r.Current(last), r.current[len(r.current)-1]; got != want {
			t.Errorf("%q: got %v nA at the last row, want %v", text, got, want)
		}
		if again, err := r.Repeated(); err == nil && again.Current(last) != again.Current(0) {
			t.Errorf("%q: got %v nA at the repeat, want %v", text, again.Current(last), again.Current(0))
		}
	})
}

func TestConstantOfARecording(t *testing.T) {
	for _, tt := range []struct {
		rows     string
		want     Constant
		constant bool
	}{
		{"0,2", 2, true},
		{"0,2\n5,2\n10,2", 2, true},
		{"0,2\n5,2\n10,1", 0, false},
		{"5,2", 0, false},
		{"5,0", 0, true},
	} {
		r, err := Parse("r.csv", strings.NewReader("time_ms,current_na\n"+tt.rows))
		if err != nil {
			t.Fatal(err)
		}
		if got, constant := r.Constant(); got != tt.want || constant != tt.constant {
			t.Errorf("%q: got %g, %t, want %g, %t", tt.rows, got, constant, tt.want, tt.constant)
		}
	}
}
