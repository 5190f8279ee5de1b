package circuit

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("test.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

const knob = "[input.knob]\ndriver = \"mcp3008\"\nchannel = 0\n"

// Tables come in any order: the numbers, graphs and potentials are the same.
func TestOrderOfTablesHasNoEffect(t *testing.T) {
	parts := []string{
		"[neuron.a]\ninput = \"knob\"\ncount = 3\nv_start = [\"-70 mV\", \"-60 mV\"]\n",
		"[neuron.b]\ninput = \"knob\"\n",
		"[synapse.s]\nfrom = [\"b\", \"a\"]\nto = [\"a.2\", \"b\", \"a\"]\nkind = \"exp\"\nweight = \"1 nA\"\ntau = \"5 ms\"\nprobability = 0.6\nseed = 3\n",
		"[synapse.r]\nfrom = \"a.3\"\nto = \"b\"\nkind = \"delta\"\nweight = \"2 mV\"\ndelay = \"1 ms\"\n",
	}
	var want string
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		text := knob
		for _, i := range order {
			text += parts[i]
		}
		c, err := Of(parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%+v %v", c.Synapses, c.VStart(0))
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("order %v: got\n%s\nwant\n%s", order, got, want)
		}
	}
}

func TestNamesAndNumbers(t *testing.T) {
	c, err := Of(parse(t, knob+"[neuron.a]\ninput = \"knob\"\ncount = 3\n[neuron.b]\ninput = \"knob\"\n[synapse.s]\nfrom = \"a\"\nto = [\"a\", \"b\"]\nkind = \"exp\"\nweight = \"1 nA\"\ntau = \"5 ms\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for number, name := range []string{"a.1", "a.2", "a.3", "b"} {
		if got := c.Name(int32(number)); got != name {
			t.Errorf("number %d: got the name %q, want %q", number, got, name)
		}
		if first, n := c.Number(name); first != number || n != 1 {
			t.Errorf("%s: got %d numbers from %d, want 1 from %d", name, n, first, number)
		}
	}
	if first, n := c.Number("a"); first != 0 || n != 3 {
		t.Errorf("a: got %d numbers from %d, want 3 from 0", n, first)
	}
	want := [][]int32{{1, 2, 3}, {0, 2, 3}, {0, 1, 3}}
	if diff := cmp.Diff(want, c.Synapses[0].Targets); diff != "" {
		t.Error("targets, none to itself: -want +got", diff)
	}
	cells, err := c.Cells()
	if err != nil {
		t.Fatal(err)
	}
	if net := c.Net(cells, nil); net == nil || cells[0].Count != 3 {
		t.Errorf("got the network %v and %d neurons in a, want a network and 3", net, cells[0].Count)
	}
}
