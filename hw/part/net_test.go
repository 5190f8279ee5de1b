package part

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

const fromMara = `
[synapse.s]
from = ["mara/n1", "mara/p.3"]
to = "n1"
kind = "exp"
weight = "8 nA"
tau = "5 ms"
`

// A neuron of another board is a spike input without a table. The printed configuration parses to the same one.
func TestNeuronsOfOtherBoardsAreInputs(t *testing.T) {
	for _, tt := range []struct {
		net  string
		want config.Net
		wait time.Duration
	}{
		{"[net]\n", config.Net{Broker: "find", Listen: "127.0.0.1:1883", Class: "class", Link: "wifi", Batch: 50 * time.Millisecond}, 250 * time.Millisecond},
		{"[net]\nlink = \"cable\"\nbroker = \"mqtts://hub\"\nclass = \"9b\"\nboard = \"tom\"\nlogin = \"login.txt\"\nhome_assistant = true\nca = \"ca.pem\"\ncert = \"c\"\nkey = \"k\"\n",
			config.Net{Broker: "mqtts://hub", Listen: "127.0.0.1:1883", Class: "9b", Board: "tom", Link: "cable", Batch: 10 * time.Millisecond, Login: "login.txt", HomeAssistant: true,
				CA: "ca.pem", Cert: "c", Key: "k"}, 20 * time.Millisecond},
		{"[net]\nbroker = \"embedded\"\nlisten = \":1883\"\n", config.Net{Broker: "embedded", Listen: ":1883", Class: "class", Link: "wifi", Batch: 50 * time.Millisecond}, 250 * time.Millisecond},
	} {
		c, err := config.Parse("", []byte(base+tt.net+fromMara), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, c.Net); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		remotes := slices.DeleteFunc(slices.Clone(c.Inputs), func(in config.Input) bool { return in.Driver != "net" })
		if diff := cmp.Diff([]config.Input{{Name: "mara/n1", Driver: "net", Part: config.Remote{Board: "mara", Neuron: "n1"}},
			{Name: "mara/p.3", Driver: "net", Part: config.Remote{Board: "mara", Neuron: "p.3"}}}, remotes); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if got := c.Synapses[0].Delay; got != tt.wait {
			t.Errorf("got a delay of %v, want %v", got, tt.wait)
		}
		again, err := config.Parse("", c.TOML(), nil, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		again.Warnings = nil
		if diff := cmp.Diff(c, again); diff != "" {
			t.Errorf("printed and parsed again: -want +got\n%s", diff)
		}
	}
}

// Synapses from other boards need real time, a network, and a delay longer than a batch.
func TestWarningsOfSynapsesFromOtherBoards(t *testing.T) {
	for _, tt := range []struct {
		sets []string
		text string
		want string
	}{
		{nil, fromMara, `bad.toml:32:9: warning: synapse.s.from: has no spikes without [net], got "mara/n1": add [net], or start the run with --class`},
		{nil, "[net]\n" + fromMara + "delay = \"50 ms\"\n", `bad.toml:38:1: warning: synapse.s.delay: is not longer than a batch (50 ms), got "50 ms": spikes come too late: use a longer delay, or a shorter batch in [net]`},
		{[]string{"net.class=9b"}, fromMara, ""},
	} {
		c, err := config.Parse("bad.toml", []byte(base+tt.text), tt.sets, Kinds())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, w := range c.Warnings {
			got += w.Error()
		}
		if got != tt.want {
			t.Errorf("got %s\nwant %s", got, tt.want)
		}
	}
	for _, tt := range []struct{ set, want string }{
		{"loop.speed=0.5", `--set loop.speed: must be 1 with a synapse from another board, got 0.5: synapse.s is from mara/n1, and all boards run in real time`},
	} {
		if _, err := config.Parse("bad.toml", []byte(base+"[net]\n"+fromMara), []string{tt.set}, Kinds()); err == nil || err.Error() != tt.want {
			t.Errorf("got %v\nwant %s", err, tt.want)
		}
	}
}
