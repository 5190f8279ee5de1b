package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShellsCompleteValues(t *testing.T) {
	t.Chdir(t.TempDir())
	const file = "[loop]\ntick = \"2 ms\"\n" +
		"[input.left]\ndriver = \"mcp3008\"\n[input.right]\ndriver = \"mcp3008\"\nchannel = 1\n[input.tune]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"2 nA\"\n" +
		"[neuron.a]\ninput = [\"left\", \"tune\"]\n[neuron.b]\ninput = \"right\"\n" +
		"[output.lamp]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"a\"\n"
	const network = "[input.cue]\ndriver = \"train\"\nrate = \"20 Hz\"\n[neuron.n1]\n" +
		"[synapse.a]\nfrom = \"cue\"\nto = \"n1\"\nkind = \"delta\"\nweight = \"8 mV\"\n" +
		"plastic = {a_plus = \"0.5 mV\", a_minus = \"0.6 mV\", tau_plus = \"20 ms\", tau_minus = \"20 ms\", max = \"10 mV\"}\n"
	for name, text := range map[string]string{"two.toml": file, "net.toml": network} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args []string
		want []string // the first words of the lines
	}{
		{[]string{"sim", "two.toml", "--neuron", ""}, []string{"a", "b", ":4"}},
		{[]string{"fi", "--neuron", ""}, []string{"n1", ":4"}},
		{[]string{"doctor", "two.toml", "--back", ""}, []string{"lamp=", ":6"}},
		{[]string{"calibrate", ""}, []string{"left", "right", ":4"}},
		{[]string{"calibrate", "left", ""}, []string{"toml", ":8"}},
		{[]string{"run", "two.toml", "--set", "loop.ti"}, []string{"loop.tick=", ":6"}},
		{[]string{"run", "--set", "neuron.n1.tau"}, []string{"neuron.n1.tau_m=", "neuron.n1.tau_w=", ":6"}},
		{[]string{"run", "net.toml", "--set", "neuron.n1.m"}, []string{"neuron.n1.model=", ":6"}},
		{[]string{"run", "net.toml", "--set", "synapse.a.p"}, []string{"synapse.a.plastic.a_minus=", "synapse.a.plastic.a_plus=", "synapse.a.plastic.max=",
			"synapse.a.plastic.tau_minus=", "synapse.a.plastic.tau_plus=", "synapse.a.probability=", ":6"}},
		{[]string{"run", "missing.toml", "--set", ""}, []string{":6"}},
		{[]string{"doctor", "--fault", "cs"}, []string{"cs-loose", ":4"}},
		{[]string{"sim", "--format", ""}, []string{"summary", "spikes", "trace", "worksheet", ":4"}},
		{[]string{"bench", "--plot", ""}, []string{"svg", "png", ":8"}},
		{[]string{"bench", "--report", ""}, []string{"toml", ":8"}},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish", "powershell", ":4"}},
		{[]string{"example", "two"}, []string{"two-neurons", ":4"}},
		{[]string{"example", "noise", ""}, []string{":4"}},
		{[]string{"help", "config", "c"}, []string{"check", ":4"}},
	} {
		out, _, err := hillock(t.Context(), append([]string{"__complete"}, tt.args...)...)
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		var got []string
		for line := range strings.Lines(out) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, word)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.args, diff)
		}
	}
}

func TestSetIsCompletedWithTheValueOfItsKey(t *testing.T) {
	out, _, err := hillock(t.Context(), "__complete", "run", "--set", "loop.tick")
	if want := "loop.tick=\tnow 1 ms\n"; err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("got %v and %q, want %q", err, out, want)
	}
}

func TestCompletionScriptsOfAllShells(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		out, _, err := hillock(t.Context(), "completion", shell)
		if err != nil || !strings.Contains(out, "completion") || !strings.Contains(out, "__complete") {
			t.Errorf("%s: got %v and %d bytes, want a script that calls __complete", shell, err, len(out))
		}
	}
}
