package prompt

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/readable"
	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

func TestPromptRepeatsUntilAnAnswer(t *testing.T) {
	var out strings.Builder
	h := &Hand{Keys: NewKeys(t.Context(), strings.NewReader("\n\n\nwhat\nYes\n\nn\n")), Printer: &readable.Printer{W: &out}}
	cfg := config.Default(part.Kinds())
	for _, caution := range []string{"", "CH0 reads 0"} {
		if err := h.Turn(t.Context(), cfg.Inputs[0], caution); err != nil {
			t.Fatal(err)
		}
	}
	var answers []bool
	shown := 0
	for range 2 {
		does, err := h.Look(cfg.Outputs[0], "blink", func() error { shown++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, does)
	}
	if !slices.Equal(answers, []bool{true, false}) || shown != 2 {
		t.Errorf("got the answers %v, shown %d times", answers, shown)
	}
	const look, did = "      ? watch led, the LED at GPIO17 (header pin 11), and press Enter ", "      ? did it blink? [y/n] "
	const turn = "      ? turn knob slowly all the way down and all the way up, then press Enter "
	want := turn + "      ! CH0 reads 0\n" + turn + look + did + did + look + did
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := h.Look(cfg.Outputs[0], "blink", nil); err == nil || err.Error() != "no Enter key: standard input has ended" {
		t.Errorf("got %v", err)
	}
}

func TestPromptAsksToListen(t *testing.T) {
	var out strings.Builder
	h := &Hand{Keys: NewKeys(t.Context(), strings.NewReader("\ny\n")), Printer: &readable.Printer{W: &out}}
	click := config.Output{Name: "click", Driver: "buzzer", Part: part.Buzzer{Pin: "GPIO22"}}
	_, should := doctor.Shows(click)
	if does, err := h.Look(click, should, func() error { return nil }); !does || err != nil {
		t.Errorf("got %t and %v", does, err)
	}
	const want = "      ? listen to click, the buzzer at GPIO22 (header pin 15), and press Enter       ? did it click four times? [y/n] "
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
