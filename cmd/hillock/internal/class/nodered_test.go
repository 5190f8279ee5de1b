package class

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nodeRED is a node of a flow for Node-RED.
type nodeRED struct {
	ID, Type, Z, Broker, Topic, Func, Name string
	Wires                                  [][]string
}

// flow returns the nodes of the example by ID.
func flow(t *testing.T) map[string]nodeRED {
	t.Helper()
	text, err := os.ReadFile("../../../../deploy/examples/class-node-red.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []nodeRED
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	nodes := map[string]nodeRED{}
	for _, n := range list {
		if _, twice := nodes[n.ID]; twice || n.ID == "" {
			t.Errorf("%s %q: got the ID %q, want one of its own", n.Type, n.Name, n.ID)
		}
		nodes[n.ID] = n
	}
	return nodes
}

func TestNodeREDFlowIsComplete(t *testing.T) {
	core := []string{"tab", "mqtt-broker", "comment", "mqtt in", "json", "function", "debug"}
	nodes := flow(t)
	for _, n := range nodes {
		if !slices.Contains(core, n.Type) {
			t.Errorf("%s: got the type %q, want a core node", n.ID, n.Type)
		}
		if n.Z != "" && nodes[n.Z].Type != "tab" {
			t.Errorf("%s: got the tab %q", n.ID, n.Z)
		}
		if n.Type == "mqtt in" && nodes[n.Broker].Type != "mqtt-broker" {
			t.Errorf("%s: got the broker %q", n.ID, n.Broker)
		}
		for _, to := range slices.Concat(n.Wires...) {
			if nodes[to].Z != n.Z || n.Z == "" {
				t.Errorf("%s: a wire leads to %q", n.ID, to)
			}
		}
	}
}

// The topics are those of the default class. A broker of hillock refuses a subscription to all classes.
func TestNodeREDFlowReadsTheClass(t *testing.T) {
	var got []string
	for _, n := range flow(t) {
		if n.Type == "mqtt in" {
			got = append(got, n.Topic)
		}
	}
	slices.Sort(got)
	want := []string{Topic{Class: "class", Board: Any, Kind: KindRates}.String(), Topic{Class: "class", Board: Any, Kind: KindSpikes}.String()}
	if !cmp.Equal(got, want) {
		t.Errorf("got the topics %q, want %q", got, want)
	}
}

// A misspelt key would show in Node-RED alone.
func TestNodeREDFlowReadsKnownKeys(t *testing.T) {
	keys := map[string][]string{
		"one message per neuron": {"msg.payload.neurons", "n.name", "n.rate_hz"},
		"gaps between batches":   {"batch.run", "batch.to", "batch.run", "batch.from", "batch.from"},
	}
	known := string(encodedOf(t, exampleRates)) + string(encodedOf(t, exampleSpikes))
	for _, n := range flow(t) {
		if n.Type != "function" {
			continue
		}
		got := regexp.MustCompile(`\b(msg\.payload|batch|n)\.\w+`).FindAllString(n.Func, -1)
		if want := keys[n.Name]; !cmp.Equal(got, want) {
			t.Errorf("%s: got the keys %q, want %q", n.Name, got, want)
		}
		for _, path := range got {
			if key := path[strings.LastIndex(path, ".")+1:]; !strings.Contains(known, `"`+key+`":`) {
				t.Errorf("%s: no message has the key %q", n.Name, key)
			}
		}
	}
}
