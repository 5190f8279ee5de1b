package config

import (
	"math"
	"slices"
	"strings"
)

// A driver is a kind of part: which keys its table has beside driver itself.
type driver struct {
	name string
	keys []key
}

// driversOf are the drivers of a section, nil where it has none.
func driversOf(section string) []driver {
	switch section {
	case "input":
		var all []driver
		for _, a := range adcs() {
			all = append(all, driver{a.driver, a.keys()})
		}
		return append(all,
			driver{"ads1115", append([]key{{"bus", textKind}, {"address", wholeKind}, {"channel", wholeKind}, {"v_ref", textKind}}, knobKeys()...)},
			driver{"rc", []key{
				{"pin", textKind}, {"resistance", textKind}, {"series", textKind}, {"discharge", textKind}, {"capacitor", textKind}, {"charges", wholeKind},
				{"current", listKind}, {"stale_after", textKind}, {"average", wholeKind}, {"ends", listKind},
			}},
			driver{"wave", allWaveKeys()},
			driver{"file", []key{{"file", textKind}, {"repeat", boolKind}}})
	case "output":
		return []driver{
			{"pulse", []key{{"pin", textKind}, {"neuron", textKind}, {"width", textKind}, {"every", wholeKind}, {"invert", boolKind}}},
			{"bar", []key{{"pins", listKind}, {"neuron", textKind}, {"invert", boolKind}}},
			{"apa102", []key{{"data", textKind}, {"clock", textKind}, {"leds", wholeKind}, {"color", textKind}, {"brightness", wholeKind}, {"neuron", textKind}}},
			{"oled", []key{{"bus", textKind}, {"address", wholeKind}, {"span", textKind}, {"neuron", textKind}}},
		}
	}
	return nil
}

// keysOf are the keys of a section, those of all its drivers; nil if there is no such section.
func keysOf(section string) []key {
	switch section {
	case "loop":
		return []key{
			{"dt", textKind}, {"tick", textKind}, {"speed", wholeKind | floatKind}, {"max_lag", textKind},
			{"realtime", textKind}, {"spin", textKind}, {"cpu", wholeKind | textKind},
		}
	case "neuron":
		return neuronKeys("")
	}
	var all []key
	for _, d := range driversOf(section) {
		if all == nil {
			all = []key{{"driver", textKind}}
		}
		for _, k := range d.keys {
			if !contains(all, k.name) {
				all = append(all, k)
			}
		}
	}
	return all
}

// keysFor are the keys of a section's table with a driver, those of all drivers where it is none.
func keysFor(section, driver string) []key {
	for _, d := range driversOf(section) {
		if d.name == driver {
			return append([]key{{"driver", textKind}}, d.keys...)
		}
	}
	return keysOf(section)
}

func sections() []string { return []string{"loop", "input", "neuron", "output"} }

func names(keys []key) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.name
	}
	return list
}

// driver is the driver of a part.
func (p *part) driver(section string) string {
	var known []string
	for _, d := range driversOf(section) {
		known = append(known, d.name)
	}
	if len(known) <= 2 {
		return p.choice("driver", known...)
	}
	rule := `must be a driver such as "` + known[0] + `"`
	s, ok := p.given("driver", rule, known[0])
	switch {
	case !ok:
		return ""
	case !slices.Contains(known, s):
		p.wrong("driver", Problem{Rule: rule, Hint: didYouMean(s, known, "the drivers are "+strings.Join(known, ", "))})
		return ""
	}
	return s
}

// knobKeys are those of every input that a hand turns.
func knobKeys() []key {
	return []key{
		{"current", listKind}, {"stale_after", textKind}, {"median", wholeKind}, {"average", wholeKind}, {"ends", listKind},
		{"dead_zone", wholeKind},
	}
}

// adc is what a configuration knows of an analog-to-digital converter of Microchip's MCP3xxx.
type adc struct {
	driver     string
	channels   int
	bits       int     // of a result that is not negative: codes go to 1<<bits - 1
	lowest     float64 // SPI clock, below which the sample leaks away, Hz
	at3V, at5V float64 // the highest at a supply of 2.7 V, and at 5 V, Hz
	vRef       float64 // the lowest, V
}

// adcs are the chips, the most usual one first. Datasheets DS21295 (MCP3004, 3008), DS21294 (3002), DS21293 (3001), DS21298
// (3204, 3208), DS21034 (3202), DS21290 (3201), DS21697 (3302, 3304), DS21700 (3301): electrical characteristics. A chip of
// two channels has its supply as V_REF.
func adcs() []adc {
	return []adc{
		{"mcp3008", 8, 10, 10e3, 1.35e6, 3.6e6, 0.25},
		{"mcp3004", 4, 10, 10e3, 1.35e6, 3.6e6, 0.25},
		{"mcp3002", 2, 10, 14e3, 1.2e6, 3.2e6, 2.7},
		{"mcp3001", 1, 10, 14e3, 1.05e6, 2.8e6, 0.25},
		{"mcp3208", 8, 12, 10e3, 1e6, 2e6, 0.25},
		{"mcp3204", 4, 12, 10e3, 1e6, 2e6, 0.25},
		{"mcp3202", 2, 12, 10e3, 0.9e6, 1.8e6, 2.7},
		{"mcp3201", 1, 12, 10e3, 0.8e6, 1.6e6, 0.25},
		{"mcp3304", 8, 12, 105e3, 1.05e6, 2.1e6, 0.4}, // and a sign
		{"mcp3302", 4, 12, 105e3, 1.05e6, 2.1e6, 0.4},
		{"mcp3301", 1, 12, 85e3, 0.85e6, 1.7e6, 0.4},
	}
}

// adcOf is the chip of a driver, the first where there is none.
func adcOf(driver string) adc {
	all := adcs()
	return all[max(0, slices.IndexFunc(all, func(a adc) bool { return a.driver == driver }))]
}

func (a adc) keys() []key {
	keys := []key{{"port", textKind}}
	if a.channels > 1 {
		keys = append(keys, key{"channel", wholeKind}, key{"differential", listKind})
	}
	return append(append(keys, key{"clock", textKind}, key{"v_ref", textKind}), knobKeys()...)
}

// full is the code at the knob's upper end.
func (a adc) full() int { return 1<<a.bits - 1 }

// clock is the SPI clock where none is given, Hz.
func (a adc) clock() float64 { return min(1e6, a.at3V) }

// byDefault is the text of a key's value where it is not given.
func (a adc) byDefault(key string) string {
	return map[string]string{"channel": "0", "clock": `"` + formatFrequency(int64(a.clock())) + `"`, "v_ref": `"3.3 V"`}[key]
}

// FullScale is the raw value at the upper end of an input's knob, where nothing is calibrated; 0 where that follows from the
// parts.
func (in Input) FullScale() int {
	switch in.Driver {
	case "ads1115":
		return ads1115Full(in.VRef)
	case "rc":
		return 0
	}
	return adcOf(in.Driver).full()
}

// ads1115Full is the code of a voltage in the smallest range that has it: SBAS444D, table 3.
func ads1115Full(volts float64) int {
	for _, full := range []float64{0.256, 0.512, 1.024, 2.048, 4.096, 6.144} {
		if volts <= full {
			return min(int(math.Round(volts/full*32768)), 32767)
		}
	}
	return 32767
}
