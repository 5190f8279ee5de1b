package doctor_test

import (
	"slices"
	"testing"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/sim"
)

const (
	pressed = "[input.press]\ndriver = \"edge\"\npin = \"GPIO24\"\n"
	distant = "[input.far]\ndriver = \"edge\"\npin = \"GPIO24\"\nfrom = \"left/red\"\n"
	falling = "edge = \"falling\"\n"
)

// buttonAt replaces the button of an input.
func buttonAt(pin string, level gpio.Level) func(*board.Virtual) {
	return func(v *board.Virtual) { v.Buttons["press"] = sim.NewButton(v.Pin(pin), level, 1) }
}

// edgeFaults returns the faults of buttons and of wires from other boards.
func edgeFaults() []fault {
	drive := func(l gpio.Level) func(*board.Virtual) {
		return func(v *board.Virtual) { v.Pin("GPIO24").Drive(l) }
	}
	return []fault{
		{name: "a button pressed all the time", config: pressed, breaks: func(v *board.Virtual) { v.Buttons["press"].Press() }, check: "press", names: "the button is pressed"},
		{name: "a button's wire at GND", config: pressed, breaks: drive(gpio.Low), check: "press", names: `set edge = "falling" in input.press`},
		{name: "a button's wire at 3V3", config: pressed + falling, breaks: drive(gpio.High), check: "press", names: `set edge = "rising" in input.press`},
		{name: "a button to GND in place of 3V3", config: pressed, hand: turns, breaks: buttonAt("GPIO24", gpio.Low), check: "press", names: "move the wire from GND to 3V3"},
		{name: "a button to 3V3 in place of GND", config: pressed + falling, hand: turns, breaks: buttonAt("GPIO24", gpio.High), check: "press", names: "move the wire from 3V3 to GND"},
		{name: "a button's wire loose", config: pressed, hand: turns, breaks: buttonAt("GPIO25", gpio.High), check: "press", names: "connect one side of the button to GPIO24 (header pin 18)"},
		{name: "a wire from another board at 3V3", config: distant, breaks: drive(gpio.High), check: "far", names: "its wire is at 3V3"},
		{name: "a wire from another board at GND", config: distant + falling, breaks: drive(gpio.Low), check: "far", names: "its wire is at GND"},
	}
}

// The findings on good buttons and wires, and on a wire that nothing drives.
func TestEdges(t *testing.T) {
	t.Parallel()
	const spot = "GPIO24 (header pin 18)"
	open := doctor.Finding{Check: "press", Result: doctor.Passed, Seen: spot + " follows its pulls: the button is open"}
	for _, tt := range []struct {
		name, config string
		prepare      func(*board.Virtual, *doctor.Bench)
		want         []doctor.Finding
	}{
		{"a button without a person", pressed, func(*board.Virtual, *doctor.Bench) {},
			[]doctor.Finding{open, {Check: "press", Result: doctor.Skipped, Seen: "not pressed: only a person can press the button", Do: "run 'hillock doctor' in a terminal, without --json"}}},
		{"a pressed button", pressed, func(v *board.Virtual, b *doctor.Bench) { b.Hand = v },
			[]doctor.Finding{open, {Check: "press", Result: doctor.Passed, Seen: "a press makes " + spot + " high"}}},
		{"a button to GND", pressed + falling, func(v *board.Virtual, b *doctor.Bench) { b.Hand = v },
			[]doctor.Finding{open, {Check: "press", Result: doctor.Passed, Seen: "a press makes " + spot + " low"}}},
		{"another board", distant, func(v *board.Virtual, _ *doctor.Bench) { v.Pin("GPIO24").Drive(gpio.Low) },
			[]doctor.Finding{{Check: "far", Result: doctor.Passed, Seen: spot + " rests low: left drives it"}}},
		{"another board that rests high", distant + falling, func(v *board.Virtual, _ *doctor.Bench) { v.Pin("GPIO24").Drive(gpio.High) },
			[]doctor.Finding{{Check: "far", Result: doctor.Passed, Seen: spot + " rests high: left drives it"}}},
		{"another board that is off", distant, func(*board.Virtual, *doctor.Bench) {},
			[]doctor.Finding{{Check: "far", Result: doctor.Warning, Seen: spot + " is not driven: it follows the pull-up and the pull-down",
				Means: "the wire from left/red is loose, or nothing drives its other end: the board left is off", Do: "connect left/red to " + spot + ", and GND to GND; switch left on"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := examine(t, string(config.DefaultTOML())+"\n"+tt.config, tt.prepare)
			found = slices.DeleteFunc(found, func(f doctor.Finding) bool { return f.Check != "press" && f.Check != "far" })
			if !slices.Equal(found, tt.want) {
				t.Errorf("got %+v\nwant %+v", found, tt.want)
			}
		})
	}
}
