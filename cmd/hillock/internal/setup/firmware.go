package setup

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/outfile"
)

// firmware returns the name and the text of the firmware's configuration.
func (s *setup) firmware() (name, text string, err error) {
	name = "/boot/firmware/config.txt"
	if _, err := os.Stat(s.Host.Path(name)); err != nil { // before Debian 12
		name = "/boot/config.txt"
	}
	b, err := os.ReadFile(s.Host.Path(name))
	return name, string(b), err
}

// generated returns the name of the firmware's configuration, and whether a program generates it. Debian's raspi-firmware writes it
// anew at each update, from /etc/default/raspi-firmware-custom.
func (s *setup) generated() (name string, ok bool) {
	name, text, _ := s.firmware()
	return name, strings.Contains(text, "Do not modify this file") && strings.Contains(text, "automatically generated")
}

// boot adds a missing line to the firmware's configuration.
func (s *setup) boot(line string) error {
	if s.fresh() {
		return s.do(fmt.Sprintf("add %q to /boot/firmware/config.txt", line), nil)
	}
	name, text, err := s.firmware()
	if err != nil {
		return fmt.Errorf("%w: no firmware configuration to add %q to", err, line)
	}
	if enabled(text, line, s.Host.Model()) {
		s.done("%s has %s", name, line)
		return nil
	}
	return s.do(fmt.Sprintf("add %q to %s", line, name), func() error {
		return outfile.Write(s.Host.Path(name), nil, func(w io.Writer) error {
			// Under [all]: the file may end in a section for another board.
			_, err := fmt.Fprintf(w, "%s\n\n# for hillock\n[all]\n%s\n", bytes.TrimRight([]byte(text), "\n"), line)
			return err
		})
	})
}

// enabled reports whether the firmware's configuration has a line dtparam=NAME=on or dtoverlay=NAME for a model,
// beyond doubt. The last line about a parameter counts.
//
// A section ends at the next filter of its kind, and [all] ends all sections: "Conditional filters" of
// https://www.raspberrypi.com/documentation/computers/config_txt.html. A section for a monitor, a serial number or a pin does
// not count.
func enabled(text, line, model string) (on bool) {
	parameter, isParameter := strings.CutPrefix(line, "dtparam=")
	parameter = strings.TrimSuffix(parameter, "=on")
	inModel, inOther := true, false
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if filter, ok := strings.CutPrefix(l, "["); ok {
			switch filter = strings.TrimSuffix(filter, "]"); {
			case filter == "all":
				inModel, inOther = true, false
			case isModel(filter):
				inModel = slices.Contains(filters(model), filter)
			default: // also [none]
				inOther = true
			}
			continue
		}
		if !inModel || inOther {
			continue
		}
		list, ok := strings.CutPrefix(l, "dtparam=")
		if !ok || !isParameter {
			on = on || l == line
			continue
		}
		for _, p := range strings.Split(list, ",") {
			if name, value, given := strings.Cut(p, "="); name == parameter {
				on = !given || slices.Contains([]string{"on", "true", "yes", "1"}, value)
			}
		}
	}
	return on
}

// models are the filters of each model, by the beginning of its name after "Raspberry Pi ". The first beginning counts.
var models = []struct {
	begins  string
	filters []string
}{
	{"Zero 2", []string{"pi0", "pi0w", "pi02"}},
	{"Zero W", []string{"pi0", "pi0w"}},
	{"Zero", []string{"pi0"}},
	{"Compute Module 5", []string{"pi5", "cm5"}},
	{"500", []string{"pi5", "pi500"}},
	{"5", []string{"pi5"}},
	{"Compute Module 4S", []string{"pi4", "cm4s"}},
	{"Compute Module 4", []string{"pi4", "cm4"}},
	{"400", []string{"pi4", "pi400"}},
	{"4", []string{"pi4"}},
	{"3 Model A Plus", []string{"pi3", "pi3+"}},
	{"3 Model B Plus", []string{"pi3", "pi3+"}},
	{"Compute Module 3", []string{"pi3"}},
	{"3", []string{"pi3"}},
	{"2", []string{"pi2"}},
	{"Compute Module Rev", []string{"pi1"}},
	{"Model", []string{"pi1"}},
}

// isModel reports whether a filter is one of models.
func isModel(filter string) bool {
	for _, m := range models {
		if slices.Contains(m.filters, filter) {
			return true
		}
	}
	return false
}

// filters returns the model filters of a model.
func filters(model string) []string {
	for _, m := range models {
		if strings.HasPrefix(strings.TrimPrefix(model, "Raspberry Pi "), m.begins) {
			return m.filters
		}
	}
	return nil
}
