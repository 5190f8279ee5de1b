package class

import (
	"strings"
	"testing"
)

func TestTopicsAreReadAsTheyAreWritten(t *testing.T) {
	for _, tt := range []struct {
		topic Topic
		want  string
	}{
		{Topic{Class: "9b", Board: "mara", Kind: KindState}, "hillock/1/9b/mara/state"},
		{Topic{Class: "9b", Board: "mara", Kind: KindHello}, "hillock/1/9b/mara/hello"},
		{Topic{Class: "9b", Board: "mara", Kind: KindRates}, "hillock/1/9b/mara/rates"},
		{Topic{Class: "9b", Board: "mara", Kind: KindSpikes}, "hillock/1/9b/mara/spikes"},
		{Topic{Class: "9b", Board: "mara", Kind: KindAsk, To: "ida_2"}, "hillock/1/9b/mara/ask/ida_2"},
		{Topic{Class: "9b", Board: "mara", Kind: KindAnswer, To: "ida-2"}, "hillock/1/9b/mara/answer/ida-2"},
		{Topic{Class: strings.Repeat("c", 32), Board: strings.Repeat("B", 32), Kind: KindState},
			"hillock/1/" + strings.Repeat("c", 32) + "/" + strings.Repeat("B", 32) + "/state"},
	} {
		if got := tt.topic.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
		if got, err := ParseTopic(tt.want); got != tt.topic || err != nil {
			t.Errorf("%s: got %+v and %v, want %+v", tt.want, got, err, tt.topic)
		}
	}
}

func TestTopicsOfSubscriptions(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{AllOf("9b"), "hillock/1/9b/#"},
		{Topic{Class: Any, Board: Any, Kind: KindRates}.String(), "hillock/1/+/+/rates"},
		{Topic{Class: "9b", Board: Any, Kind: KindAsk, To: "ida"}.String(), "hillock/1/9b/+/ask/ida"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestBadTopicIsRefused(t *testing.T) {
	const name = "must be 1 to 32 letters, digits, _ and -, got "
	for _, tt := range []struct{ topic, want string }{
		{"", `topic "": must be hillock/1/CLASS/BOARD/KIND`},
		{"hillock/1", `topic "hillock/1": must be hillock/1/CLASS/BOARD/KIND`},
		{"hillock/2/9b/mara/state", `topic "hillock/2/9b/mara/state": must be hillock/1/CLASS/BOARD/KIND`},
		{"/hillock/1/9b/mara/state", `topic "/hillock/1/9b/mara/state": must be hillock/1/CLASS/BOARD/KIND`},
		{"hillock/1/9b/mara", `topic "hillock/1/9b/mara": must be hillock/1/CLASS/BOARD/KIND`},
		{"hillock/1/9b/mara/State", `topic "hillock/1/9b/mara/State": unknown kind "State"`},
		{"hillock/1/9b/mara/state/", `topic "hillock/1/9b/mara/state/": must end with /state`},
		{"hillock/1/9b/mara/ask", `topic "hillock/1/9b/mara/ask": must end with /ask/BOARD`},
		{"hillock/1/9b/mara/ask/ida/x", `topic "hillock/1/9b/mara/ask/ida/x": must end with /ask/BOARD`},
		{"hillock/1/9b/mara/ask/", `topic "hillock/1/9b/mara/ask/": receiver: ` + name + `""`},
		{"hillock/1//mara/state", `topic "hillock/1//mara/state": class: ` + name + `""`},
		{"hillock/1/9b/mara x/state", `topic "hillock/1/9b/mara x/state": board: ` + name + `"mara x"`},
		{"hillock/1/+/mara/state", `topic "hillock/1/+/mara/state": class: ` + name + `"+"`},
		{"hillock/1/9b/é/state", `topic "hillock/1/9b/\u00e9/state": board: ` + name + `"\u00e9"`},
		{"hillock/1/9b/" + strings.Repeat("m", 33) + "/state",
			`topic "hillock/1/9b/mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm/state": board: ` + name + `"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"`},
		{"hillock/1/9b/" + strings.Repeat("\x00", 65536) + "/state",
			`topic "hillock/1/9b/` + strings.Repeat(`\x00`, 51) + `"...: board: ` + name + `"` + strings.Repeat(`\x00`, 64) + `"...`},
	} {
		got, err := ParseTopic(tt.topic)
		if err == nil || err.Error() != tt.want || got != (Topic{}) {
			t.Errorf("got %+v and %v, want %s", got, err, tt.want)
		}
	}
}

func TestNeuronNames(t *testing.T) {
	for _, tt := range []struct {
		name           string
		neuron, source bool
	}{
		{"n1", true, true}, {"n1.3", true, true}, {"n1.100000", true, true}, {"A-b_9", true, true},
		{"mara/n1", false, true}, {"mara/n1.3", false, true},
		{"", false, false}, {"n1.", false, false}, {"n1.0", false, false}, {"n1.03", false, false}, {"n1.+3", false, false},
		{"n1.100001", false, false}, {"n1.3.4", false, false}, {".3", false, false}, {"n 1", false, false}, {"n\n1", false, false},
		{"/n1", false, false}, {"mara/", false, false}, {"mara/ida/n1", false, false}, {strings.Repeat("n", 33), false, false},
	} {
		if isNeuron(tt.name) != tt.neuron || isSource(tt.name) != tt.source {
			t.Errorf("%q: got neuron %v and source %v, want %v and %v", tt.name, isNeuron(tt.name), isSource(tt.name), tt.neuron, tt.source)
		}
	}
}

func FuzzParseTopic(f *testing.F) {
	f.Add("hillock/1/9b/mara/state")
	f.Add("hillock/1/9b/mara/ask/ida")
	f.Fuzz(func(t *testing.T, s string) {
		topic, err := ParseTopic(s)
		if err == nil && topic.String() != s {
			t.Errorf("got %q, want %q", topic, s)
		}
	})
}
