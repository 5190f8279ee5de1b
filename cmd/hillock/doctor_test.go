package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/cmd/hillock/internal/fault"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

func TestDoctorFindsEveryFault(t *testing.T) {
	t.Parallel()
	jumper := []string{"input.touch.driver=edge", "input.touch.pin=GPIO22", "input.touch.from=led",
		"synapse.jumper.from=touch", "synapse.jumper.to=n1", "synapse.jumper.kind=delta", "synapse.jumper.weight=1 mV", "synapse.jumper.delay=1 ms"}
	for _, f := range fault.All() {
		synctest.Test(t, func(t *testing.T) {
			cfg := config.Default(part.Kinds())
			for _, sets := range [][]string{{"output.fast.driver=mcp4921", "output.fast.neuron=n1"}, jumper} {
				if f.Lacks(cfg) == "" {
					break
				}
				var err error
				if cfg, err = config.Load("", sets, part.Kinds()); err != nil {
					t.Fatal(err)
				}
			}
			v, err := board.NewVirtual(cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			f.Apply(v)
			failed := 0
			for found := range (&doctor.Bench{Config: cfg, Pi: v, Hand: v}).Wires(t.Context()) {
				if found.Result == doctor.Failed {
					failed++
				}
			}
			want := 1
			if f.Name == "none" {
				want = 0
			}
			if failed != want {
				t.Errorf("%s: got %d checks that failed, want %d", f.Name, failed, want)
			}
		})
	}
}

func TestDoctorRefuses(t *testing.T) {
	t.Parallel()
	if _, _, err := hillock(t.Context(), "doctor", "--hw", "real", "--fault", "VREF loose"); told(err) != "--fault: works on the virtual Pi only: add --hw sim" {
		t.Errorf("got %v", err)
	}
	if _, _, err := hillock(t.Context(), "doctor", "--hw", "real", "--wires"); told(err) != "--wires: works on the virtual Pi only: add --hw sim" {
		t.Errorf("got %v", err)
	}
	for args, want := range map[string]string{
		"doctor --hw simm":                           `--hw: must be auto, real or sim, got "simm"`,
		"doctor --fault cs-in-25":                    `--fault: the wire must end in a hole such as GPIO25, 3V3 or GND, got "cs-in-25"`,
		"doctor --fault jumper-wire-in-3v3":          `--fault: the wire must end in a hole such as GPIO25, got "jumper-wire-in-3v3"`,
		"doctor --fault x":                           `--fault: unknown fault "x": 'hillock doctor --fault list' prints all`,
		"doctor --back knob=GPIO27":                  `--back: must name an output of driver pulse, got "knob": use led`,
		"doctor --back led=GPIO9":                    "--back led=GPIO9: must be a free pin, and that is SPI0.0's MISO",
		"doctor --back led=GPIO17":                   "--back led=GPIO17: must be a free pin, and that is output led's",
		"doctor --back led=27":                       `--back led=27: must be a pin of the header such as GPIO27`,
		"doctor --back led=GPIO28":                   `--back led=GPIO28: must be a pin of the header such as GPIO27`,
		"doctor --back led":                          `--back: must be an output and a pin, such as led=GPIO27, got "led" (see 'hillock doctor --help')`,
		"doctor --trial -1s":                         `--trial: must be between 0 ms and 2562047 h, got "-1s" (see 'hillock doctor --help')`,
		"doctor --trial 5ms":                         `--trial: must be 0s, or at least ten ticks, 10 ms, got "5ms"`,
		"doctor nowhere.toml":                        "open nowhere.toml: no such file or directory: write one with 'hillock config init nowhere.toml'",
		"doctor --hw real --fault none --back led=x": "--back led=x: must be a pin of the header such as GPIO27",
	} {
		if _, _, err := hillock(t.Context(), strings.Fields(args)...); told(err) != want {
			t.Errorf("hillock %s: got %v, want %s", args, err, want)
		}
	}
}

func TestFaultNeedsItsPart(t *testing.T) {
	t.Parallel()
	const slow = "[input.knob]\ndriver = \"ads1115\"\n[neuron.n1]\ninput = \"knob\"\n"
	const bare = "[input.knob]\ndriver = \"rc\"\npin = \"GPIO4\"\n[neuron.n1]\ninput = \"knob\"\n"
	file := filepath.Join(t.TempDir(), "knob.toml")
	for _, tt := range []struct{ text, fault, want string }{
		{slow, "VREF loose", `--fault: "VREF loose" needs an MCP3xxx, and the configuration has none`},
		{slow, "middle leg loose", "1 check failed"},
		{bare, "middle leg loose", `--fault: "middle leg loose" needs a knob on a chip, and the configuration has none`},
	} {
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, _, err := hillock(t.Context(), "doctor", file, "--hw", "sim", "--wires", "--fault", tt.fault); told(err) != tt.want {
			t.Errorf("%s: got %v, want %s\n%s", tt.fault, err, tt.want, out)
		}
	}
}

func TestDoctorPrintsJSON(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "knob.toml") // an LED would blink for seconds
	if err := os.WriteFile(file, []byte("[input.knob]\ndriver = \"mcp3008\"\n[neuron.n1]\ninput = \"knob\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := hillock(t.Context(), "doctor", file, "--hw", "sim", "--json", "--trial", "100ms", "--fault", "middle leg loose")
	var found []doctor.Finding
	if failed := json.Unmarshal([]byte(out), &found); failed != nil || !strings.HasSuffix(told(err), "failed") { // a busy machine may be late too
		t.Fatalf("got %v, %v and\n%s", failed, err, out)
	}
	checks := map[string]doctor.Result{}
	for _, f := range found {
		checks[f.Check] = f.Result
	}
	for check, want := range map[string]doctor.Result{"SPI0.0": doctor.Passed, "knob": doctor.Failed} {
		if checks[check] != want {
			t.Errorf("%s: got %q, want %q", check, checks[check], want)
		}
	}
	if _, ok := checks["lateness"]; !ok {
		t.Errorf("got %v, want a trial of the loop", checks)
	}
}

// Without a check of the machine, JSON must still be whole.
func TestDoctorChecksTheWiresOnly(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "knob.toml")
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"[input.knob]\ndriver = \"mcp3008\"\n[neuron.n1]\ninput = \"knob\"\n", []string{"SPI0.0", "knob"}},
		{"[input.tone]\ndriver = \"wave\"\nshape = \"sine\"\namplitude = \"1 nA\"\nfrequency = \"10 Hz\"\n[neuron.n1]\ninput = \"tone\"\n", []string{}},
	} {
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, _, err := hillock(t.Context(), "doctor", file, "--hw", "sim", "--json", "--wires")
		var found []doctor.Finding
		if failed := json.Unmarshal([]byte(out), &found); failed != nil || err != nil {
			t.Fatalf("got %v, %v and\n%s", failed, err, out)
		}
		checks := []string{}
		for _, f := range found {
			checks = append(checks, f.Check)
		}
		if !slices.Equal(checks, tt.want) {
			t.Errorf("got the checks %q, want %q", checks, tt.want)
		}
	}
}
