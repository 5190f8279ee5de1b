package part

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
)

func TestBuzzerIsDecodedAndPrinted(t *testing.T) {
	t.Parallel()
	const buzzer = "[output.click]\ndriver = \"buzzer\"\npin = \"P1_15\"\nneuron = \"n1\"\n"
	for text, want := range map[string]Buzzer{
		"":                                       {Pin: "GPIO22", Click: time.Millisecond},
		"click = \"20 ms\"\ntone = \"250 Hz\"\n": {Pin: "GPIO22", Click: 20 * time.Millisecond, Tone: 250, Half: 2 * time.Millisecond},
		"[loop]\ntick = \"0.1 ms\"\n":            {Pin: "GPIO22", Click: time.Millisecond},
		"tone = \"4 kHz\"\n[loop]\ntick = \"125 us\"\n": {Pin: "GPIO22", Click: time.Millisecond, Tone: 4000, Half: 125 * time.Microsecond},
		"[loop]\ntick = \"5 ms\"\n":                     {Pin: "GPIO22", Click: 5 * time.Millisecond},
	} {
		cfg := parsed(t, "[input.knob]\ndriver = \"mcp3008\"\n[neuron.n1]\ninput = \"knob\"\n"+buzzer+text)
		if diff := cmp.Diff(want, cfg.Outputs[0].Part); diff != "" || len(cfg.Warnings) > 0 {
			t.Errorf("%s: got the warnings %v and, -want +got\n%s", text, cfg.Warnings, diff)
		}
		if diff := cmp.Diff(cfg, parsed(t, string(cfg.TOML()))); diff != "" {
			t.Errorf("%s: printed and parsed: -want +got\n%s", text, diff)
		}
	}
}

func TestBuzzerMistakesAreReported(t *testing.T) {
	t.Parallel()
	const buzzer = "[output.b]\ndriver = \"buzzer\"\nneuron = \"n1\"\npin = \"GPIO22\"\n"
	reported(t, []badCase{
		{0, "[output.b]\ndriver = \"buzzer\"\nneuron = \"n1\"", `30:9: output.b.pin: must be given: add pin = "GPIO22"`},
		{0, buzzer + `click = "0.3 ms"`, `34:1: output.b.click: must be whole ticks of 1 ms, got "0.3 ms": write "1 ms", or set a shorter tick in [loop]`},
		{0, buzzer + `click = "0 ms"`, `34:1: output.b.click: must be whole ticks of 1 ms, got "0 ms": write "1 ms", or set a shorter tick in [loop]`},
		{0, buzzer + `click = "2.6 ms"`, `34:1: output.b.click: must be whole ticks of 1 ms, got "2.6 ms": write "3 ms", or set a shorter tick in [loop]`},
		{0, buzzer + `click = "2 min"`, `34:1: output.b.click: must be between 0 ms and 1 min, got "2 min"`},
		{0, buzzer + `click = 1`, `34:1: output.b.click: must be a time such as "10 ms", got 1: the unit is missing, write "1 ms"`},
		{0, buzzer + `tone = "2 kHz"`, `34:1: output.b.tone: must be between 0.1 Hz and 500 Hz, a wave of two ticks, got "2 kHz"`},
		{0, buzzer + `tone = "440"`, `34:1: output.b.tone: must be a frequency such as "500 Hz", got "440": the unit is missing, write "440 Hz"`},
		{0, buzzer + `width = "1 ms"`, `34:1: unknown key output.b.width: the keys of driver buzzer are driver, pin, neuron, click, tone`},
		{0, "[output.b]\ndriver = \"buzzer\"\nneuron = \"n1\"\npin = \"GPIO17\"", `33:1: output.b.pin: must be a free pin, got "GPIO17": output.led uses GPIO17`},
	})
}

func TestBuzzerWarnsOfAnotherTone(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("my.toml", edit(t, 0, "[output.b]\ndriver = \"buzzer\"\nneuron = \"n1\"\npin = \"GPIO22\"\ntone = \"440 Hz\"\n"), nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	const want = `my.toml:34:1: warning: output.b.tone: sounds at 500 Hz: half a wave takes whole ticks of 1 ms, got "440 Hz": set a shorter tick in [loop]`
	if len(cfg.Warnings) != 1 || cfg.Warnings[0].Error() != want {
		t.Errorf("got %v, want %s", cfg.Warnings, want)
	}
}

// TestBuzzerSoundsOnItsPin plays a tone of 3 ms on a virtual Pi, and changes it to a click on a reload.
func TestBuzzerSoundsOnItsPin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := sim.New(nil)
		tone := Buzzer{Pin: "GPIO22", Click: 3 * time.Millisecond, Tone: 500, Half: time.Millisecond}
		out, err := tone.Open(v, board.Shown{})
		if err != nil {
			t.Fatal(err)
		}
		levels := func(from time.Duration) (text string) {
			out.Spike(1, from)
			for now := from; now < from+4*time.Millisecond; now += time.Millisecond {
				if out.Tick(now); v.Pin("GPIO22").Read() == gpio.High {
					text += "|"
				} else {
					text += "."
				}
			}
			return text
		}
		if got, want := levels(0), "|.|."; got != want {
			t.Errorf("tone: got %s, want %s", got, want)
		}
		click := Buzzer{Pin: "GPIO22", Click: 2 * time.Millisecond}
		if !click.Succeeds(tone) || click.Succeeds(Buzzer{Pin: "GPIO23"}) {
			t.Error("got no successor on the same pin, or one on another pin")
		}
		out = click.TakeOver(out)
		if got, want := levels(time.Second), "||.."; got != want {
			t.Errorf("click: got %s, want %s", got, want)
		}
		if p := out.(board.Pulsing); p.Pulses() != 1 || p.High() {
			t.Errorf("got %d sounds, and one under way %t", p.Pulses(), p.High())
		}
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
}
