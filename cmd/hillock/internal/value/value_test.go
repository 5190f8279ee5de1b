package value

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTime(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		err  string
	}{
		{"10 s", 10 * time.Second, "<nil>"},
		{"100us", 100 * time.Microsecond, "<nil>"},
		{"1m30s", 90 * time.Second, "<nil>"},
		{"0s", 0, "<nil>"},
		{"", 0, `must be a time such as "10 s", got ""`},
		{"10", 0, `must be a time such as "10 s", got "10": the unit is missing, write "10 s"`},
		{"-1m", 0, `must be a time such as "10 s", got "-1m": m is not a unit, write "-1 ms" or "-1 min"`},
		{"-1s", 0, `must be between 0 ms and 2562047 h, got "-1s"`},
		{"-1m30s", 0, `must be a time such as "10 s", got "-1m30s": the units are ps, ns, us, ms, s, min, h`},
		{"10000000h", 0, `must be between 0 ms and 2562047 h, got "10000000h"`},
	} {
		var got Time
		err := got.Set(c.text)
		if fmt.Sprint(err) != c.err || got.Duration != c.want {
			t.Errorf("%q: got %v, %v; want %v, %s", c.text, got.Duration, err, c.want, c.err)
		}
		if err == nil && got.Text != c.text {
			t.Errorf("got the text %q, want %q", got.Text, c.text)
		}
	}
	if got := []string{(&Time{}).String(), (&Time{Duration: time.Minute}).String()}; !cmp.Equal(got, []string{"", "1 min"}) {
		t.Errorf("got the defaults %q, want none and 1 min", got)
	}
}

func TestTextIsNeverEmpty(t *testing.T) {
	file := "before"
	text := Text{&file, "file", "must be a file's name"}
	if err := text.Set(""); fmt.Sprint(err) != text.Rule || file != "before" {
		t.Errorf("got %v and %q, want %s and the text before", err, file, text.Rule)
	}
	if err := text.Set("-"); err != nil || file != "-" || text.String() != "-" {
		t.Errorf("got %v and %q, want -", err, file)
	}
}

func TestPairs(t *testing.T) {
	const rule = "must be an output and a pin, such as led=GPIO27"
	for text, want := range map[string]string{"led=GPIO27": "<nil>", "a=GPIO1,b=GPIO2": "<nil>", "GPIO27": rule, "=GPIO27": rule, "led=": rule, "": rule, "a=GPIO1,": rule} {
		if err := (Pairs{}).Set(text); fmt.Sprint(err) != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	p := Pairs{}
	if err := p.Set("a=GPIO1,b=GPIO2"); err != nil || !cmp.Equal(p, Pairs{"a": "GPIO1", "b": "GPIO2"}) {
		t.Errorf("got %v and %v, want both pairs", err, p)
	}
}
