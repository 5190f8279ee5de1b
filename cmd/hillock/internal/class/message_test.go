package class

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// exampleHello and its kin are also in deploy/doc/mqtt.md.
var (
	exampleHello = Hello{
		Version: "hillock v0.19.0 go1.26.8 linux/arm64", Run: "5f3a91c2", Where: "Raspberry Pi 5 Model B", DT: 0.1, Tick: 1, Speed: 1,
		Neurons:  []HelloNeuron{{Name: "n1", Count: 1, Model: "lif"}, {Name: "crowd", Count: 80, Model: "adex"}},
		Synapses: []HelloSynapse{{Name: "s1", From: []string{"ida/n1"}, To: []string{"n1"}, Kind: "exp", Weight: 8, Unit: "nA", Delay: 250}},
		Started:  time.Date(2026, 11, 30, 8, 15, 0, 0, time.UTC),
	}
	exampleRates = Rates{
		Run: "5f3a91c2", Step: 120000, Neurons: []NeuronRate{{Name: "n1", RateHz: 72.5, Spikes: 870}, {Name: "crowd", RateHz: 4.2, Spikes: 4032}},
		LatenessP99Us: 61.5, LateTicks: 1, LateSpikes: 2, LostSteps: 500, Sent: 240,
	}
	exampleSpikes = Spikes{
		Run: "5f3a91c2", From: 119501, To: 120000, DT: 0.1, AtNs: 12_000_061_500,
		Spikes: map[string][]int64{"n1": {119620, 119758, 119896}, "crowd.7": {119505}},
	}
	exampleAsk    = Ask{ID: 3, SentNs: 12_000_100_000}
	exampleAnswer = Answer{ID: 3, SentNs: 12_000_100_000, GotNs: 4_000_900_000, AnsweredNs: 4_000_950_000, Run: "77d0b4e8"}
)

func roundTrip[M Message](t *testing.T, m M) {
	t.Helper()
	data, err := Encode(m)
	if err != nil {
		t.Errorf("%T: %v", m, err)
		return
	}
	got, err := Decode[M](data)
	if err != nil || !cmp.Equal(got, m) {
		t.Errorf("%T: got error %v and difference\n%s", m, err, cmp.Diff(m, got))
	}
}

func TestMessagesAreReadAsTheyAreWritten(t *testing.T) {
	roundTrip(t, exampleHello)
	roundTrip(t, exampleRates)
	roundTrip(t, exampleSpikes)
	roundTrip(t, exampleAsk)
	roundTrip(t, exampleAnswer)
	roundTrip(t, Spikes{Run: "r", From: 1, To: 1, DT: 1000, AtNs: -maxClock, Skipped: 1, Spikes: map[string][]int64{}})
	roundTrip(t, Spikes{Run: "r", From: maxWhole, To: maxWhole, DT: 1e-3, AtNs: maxClock, Spikes: map[string][]int64{"n1.100000": {maxWhole}}})
	roundTrip(t, Spikes{Run: "r", From: 1, To: MaxSpikes, DT: 0.1, Spikes: map[string][]int64{"n1": steps(1, MaxSpikes)}})
}

func TestEmptyListsAreNotNull(t *testing.T) {
	hello := exampleHello
	hello.Neurons, hello.Synapses = nil, []HelloSynapse{{Name: "s1", Kind: "delta", Unit: "mV"}}
	for _, tt := range []struct {
		got  func() ([]byte, error)
		want string
	}{
		{func() ([]byte, error) { return Encode(hello) },
			`{"version":"hillock v0.19.0 go1.26.8 linux/arm64","run":"5f3a91c2","where":"Raspberry Pi 5 Model B","dt_ms":0.1,"tick_ms":1,"speed":1,"neurons":[],` +
				`"synapses":[{"name":"s1","from":[],"to":[],"kind":"delta","weight":0,"unit":"mV","delay_ms":0}],"started":"2026-11-30T08:15:00Z"}`},
		{func() ([]byte, error) { return Encode(Rates{Run: "r"}) },
			`{"run":"r","step":0,"neurons":[],"lateness_p99_us":0,"late_ticks":0,"late_spikes":0,"lost_steps":0,"sent":0,"unsent":0}`},
		{func() ([]byte, error) { return Encode(Spikes{Run: "r", From: 1, To: 1, DT: 1}) },
			`{"run":"r","from":1,"to":1,"dt_ms":1,"at_ns":0,"skipped":0,"spikes":{}}`},
		{func() ([]byte, error) {
			return Encode(Spikes{Run: "r", From: 1, To: 1, DT: 1, Spikes: map[string][]int64{"n1": nil}})
		}, `{"run":"r","from":1,"to":1,"dt_ms":1,"at_ns":0,"skipped":0,"spikes":{"n1":[]}}`},
	} {
		if got, err := tt.got(); string(got) != tt.want || err != nil {
			t.Errorf("got %s and %v\nwant %s", got, err, tt.want)
		}
	}
}

// A batch of 15 spikes, 50 ms of 3 neurons at 100 Hz, must fit one TCP segment with room to spare.
func TestBatchOf15SpikesIsSmall(t *testing.T) {
	data, err := Encode(batchOf(15))
	if got, want := len(data), 261; got != want || err != nil {
		t.Errorf("got %d bytes and %v, want %d", got, err, want)
	}
}

func TestTimeOfSpikeIsTheMiddleOfItsStep(t *testing.T) {
	s := Spikes{From: 1, To: 10, DT: 0.1, AtNs: 1_000_000}
	for step, want := range map[int64]time.Duration{10: 950 * time.Microsecond, 9: 850 * time.Microsecond, 1: 50 * time.Microsecond} {
		if got := s.Time(step); got != want {
			t.Errorf("step %d: got %v, want %v", step, got, want)
		}
	}
	year := Spikes{From: 1, To: 31_622_400, DT: 1000, AtNs: -maxClock}
	if got := year.Time(1); got > year.Time(2) || got > 0 {
		t.Errorf("the first step of a year: got %d ns, want less than the second step, %d ns", got, year.Time(2))
	}
}

// steps returns the steps from a to b.
func steps(a, b int64) (all []int64) {
	for s := a; s <= b; s++ {
		all = append(all, s)
	}
	return all
}

// batchOf returns 50 ms of 3 neurons with n spikes in all, after an hour.
func batchOf(n int) Spikes {
	s := Spikes{Run: "5f3a91c2", From: 35_999_501, To: 36_000_000, DT: 0.1, AtNs: 3_600_000_061_500, Spikes: map[string][]int64{}}
	for i := range n {
		name := fmt.Sprintf("n%d", i%3+1)
		s.Spikes[name] = append(s.Spikes[name], s.From+int64(i)*int64(500/n))
	}
	return s
}

// badMessage is a good message with one change.
type badMessage struct {
	kind           Kind
	good, old, new string
	want           string // error
}

// text returns the changed message.
func (m badMessage) text() string { return strings.Replace(m.good, m.old, m.new, 1) }

// badMessages returns good messages, each with one change.
func badMessages() []badMessage {
	const (
		hello  = `{"version":"v1","run":"r","where":"","dt_ms":0.1,"tick_ms":1,"speed":1,"neurons":[],"synapses":[],"started":"2026-11-30T08:15:00Z"}`
		rates  = `{"run":"r","step":1,"neurons":[],"lateness_p99_us":0,"late_ticks":0,"late_spikes":0,"lost_steps":0,"sent":0,"unsent":0}`
		spikes = `{"run":"r","from":11,"to":20,"dt_ms":0.1,"at_ns":5,"skipped":0,"spikes":{"n1":[12,14]}}`
		ask    = `{"id":1,"sent_ns":2}`
		answer = `{"id":1,"sent_ns":2,"got_ns":3,"answered_ns":4,"run":"r"}`
		neuron = `"neurons":[{"name":"n1","count":1,"model":"lif"}]`
		rate   = `"neurons":[{"name":"n1","rate_hz":1,"spikes":2}]`
		syn    = `"synapses":[{"name":"s1","from":["mara/n1"],"to":["n1.2"],"kind":"delta","weight":1,"unit":"mV","delay_ms":1}]`
		name   = "must be 1 to 32 letters, digits, _ and -, got "
	)
	withNeuron, withRate := strings.Replace(hello, `"neurons":[]`, neuron, 1), strings.Replace(rates, `"neurons":[]`, rate, 1)
	withSynapse := strings.Replace(hello, `"synapses":[]`, syn, 1)
	return []badMessage{
		{KindSpikes, spikes, spikes, ``, `spikes: must be a JSON object, got nothing`},
		{KindSpikes, spikes, spikes, `null`, `spikes: must be a JSON object, got null`},
		{KindSpikes, spikes, spikes, `[1]`, `spikes: must be a JSON object, got [1]`},
		{KindSpikes, spikes, `}}`, `}`, `spikes: must be a JSON object, got {"run":"r","from":11,"to":20,"dt_ms":0.1,"at_ns":5,"skipped":0,"...`},
		{KindSpikes, spikes, `}}`, `}} x`, `spikes: must be a JSON object, got {"run":"r","from":11,"to":20,"dt_ms":0.1,"at_ns":5,"skipped":0,"...`},
		{KindSpikes, spikes, spikes, "\x1b[31m\"é\"", `spikes: must be a JSON object, got \x1b[31m"\u00e9"`},
		{KindSpikes, spikes, spikes, strings.Repeat("[", MaxMessage), `spikes: must be a JSON object, got ` + strings.Repeat("[", 64) + "..."},
		{KindSpikes, spikes, spikes, strings.Repeat(" ", MaxMessage+1), `spikes: must be at most 262144 bytes, got 262145`},
		{KindSpikes, spikes, `"run":"r",`, ``, `spikes: run: missing`},
		{KindSpikes, spikes, `"from"`, `"From"`, `spikes: from: missing`},
		{KindSpikes, spikes, `"r"`, `7`, `spikes: run: must be a text, got 7`},
		{KindSpikes, spikes, `"r"`, `null`, `spikes: run: must be a text, got null`},
		{KindSpikes, spikes, `"r"`, `""`, `spikes: run: must be 1 to 64 letters, digits, _ and -, got ""`},
		{KindSpikes, spikes, `"r"`, `"a b"`, `spikes: run: must be 1 to 64 letters, digits, _ and -, got "a b"`},
		{KindSpikes, spikes, `11`, `"11"`, `spikes: from: must be a whole number, got "11"`},
		{KindSpikes, spikes, `11`, `11.5`, `spikes: from: must be a whole number, got 11.5`},
		{KindSpikes, spikes, `11`, `NaN`, `spikes: must be a JSON object, got {"run":"r","from":NaN,"to":20,"dt_ms":0.1,"at_ns":5,"skipped":0,...`},
		{KindSpikes, spikes, `11`, `0`, `spikes: from: must be between 1 and 9007199254740991, got 0`},
		{KindSpikes, spikes, `11`, `-11`, `spikes: from: must be between 1 and 9007199254740991, got -11`},
		{KindSpikes, spikes, `20`, `9`, `spikes: to: must be between 11 and 9007199254740991, got 9`},
		{KindSpikes, spikes, `20`, `9007199254740992`, `spikes: to: must be between 11 and 9007199254740991, got 9007199254740992`},
		{KindSpikes, spikes, `20`, `99999999999999999999`, `spikes: to: must be a whole number, got 99999999999999999999`},
		{KindSpikes, spikes, `20`, `316224000011`, `spikes: to: must end the batch within a year, got 316224000011`},
		{KindSpikes, spikes, `0.1`, `0`, `spikes: dt_ms: must be more than 0 and at most 1000, got 0`},
		{KindSpikes, spikes, `0.1`, `-0.1`, `spikes: dt_ms: must be more than 0 and at most 1000, got -0.1`},
		{KindSpikes, spikes, `0.1`, `1e3000`, `spikes: dt_ms: must be a number, got 1e3000`},
		{KindSpikes, spikes, `0.1`, `1001`, `spikes: dt_ms: must be more than 0 and at most 1000, got 1001`},
		{KindSpikes, spikes, `:5`, `:2305843009213693953`, `spikes: at_ns: must be between -2305843009213693952 and 2305843009213693952, got 2305843009213693953`},
		{KindSpikes, spikes, `"skipped":0`, `"skipped":-1`, `spikes: skipped: must be between 0 and 10, got -1`},
		{KindSpikes, spikes, `"skipped":0`, `"skipped":11`, `spikes: skipped: must be between 0 and 10, got 11`},
		{KindSpikes, spikes, `{"n1":[12,14]}`, `[12,14]`, `spikes: spikes: must have a list of whole numbers for each neuron, got [12,14]`},
		{KindSpikes, spikes, `{"n1":[12,14]}`, `null`, `spikes: spikes: must have a list of whole numbers for each neuron, got null`},
		{KindSpikes, spikes, `[12,14]`, `null`, `spikes: spikes: must have a list of whole numbers for each neuron, got {"n1":null}`},
		{KindSpikes, spikes, `[12,14]`, `[12,"14"]`, `spikes: spikes: must have a list of whole numbers for each neuron, got {"n1":[12,"14"]}`},
		{KindSpikes, spikes, `14`, `null`, `spikes: spikes: must have a list of whole numbers for each neuron, got {"n1":[12,null]}`},
		{KindSpikes, spikes, `14`, `21`, `spikes: spikes.n1[1]: must be between 11 and 20, got 21`},
		{KindSpikes, spikes, `14`, `10`, `spikes: spikes.n1[1]: must be between 11 and 20, got 10`},
		{KindSpikes, spikes, `12,`, `-12,`, `spikes: spikes.n1[0]: must be between 11 and 20, got -12`},
		{KindSpikes, spikes, `14`, `12`, `spikes: spikes.n1[1]: must be more than the step before, 12, got 12`},
		{KindSpikes, spikes, `14`, `11`, `spikes: spikes.n1[1]: must be more than the step before, 12, got 11`},
		{KindSpikes, spikes, `"n1"`, `"n 1"`, `spikes: spikes: must be the name of a neuron such as "n1" or "n1.3", got "n 1"`},
		{KindSpikes, spikes, `"n1"`, `"ida/n1"`, `spikes: spikes: must be the name of a neuron such as "n1" or "n1.3", got "ida/n1"`},
		{KindSpikes, spikes, `"n1"`, `"\u001b[2J"`, `spikes: spikes: must be the name of a neuron such as "n1" or "n1.3", got "\x1b[2J"`},
		{KindSpikes, spikes, `"to":20,"dt_ms":0.1,"at_ns":5,"skipped":0,"spikes":{"n1":[12,14]}`,
			`"to":90000,"dt_ms":0.1,"at_ns":5,"skipped":0,"spikes":{"n1":[` + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(steps(11, 20011))), ","), "[]") + `]}`,
			`spikes: spikes: must have at most 20000 spikes, got 20001`},
		{KindSpikes, spikes, `{"n1":[12,14]}`, "{" + manyNames(5001) + "}", `spikes: spikes: must have at most 5000 entries, got 5001`},

		{KindHello, hello, `"where":"",`, ``, `hello: where: missing`},
		{KindHello, hello, `"v1"`, `"v\u0000"`, `hello: version: must be at most 128 printable characters, got "v\x00"`},
		{KindHello, hello, `"where":""`, `"where":"` + strings.Repeat("x", 129) + `"`,
			`hello: where: must be at most 128 printable characters, got "` + strings.Repeat("x", 64) + `"...`},
		{KindHello, hello, `"dt_ms":0.1`, `"dt_ms":"0.1 ms"`, `hello: dt_ms: must be a number, got "0.1 ms"`},
		{KindHello, hello, `"tick_ms":1`, `"tick_ms":0`, `hello: tick_ms: must be more than 0 and at most 1000, got 0`},
		{KindHello, hello, `"speed":1`, `"speed":0`, `hello: speed: must be more than 0, got 0`},
		{KindHello, hello, `"neurons":[]`, `"neurons":{}`, `hello: neurons: must be a list, got {}`},
		{KindHello, hello, `"neurons":[]`, `"neurons":null`, `hello: neurons: must be a list, got null`},
		{KindHello, hello, `"neurons":[]`, `"neurons":[3]`, `hello: neurons[0]: must be a JSON object, got 3`},
		{KindHello, hello, `"neurons":[]`, `"neurons":[` + strings.Repeat("0,", 5000) + `0]`, `hello: neurons: must have at most 5000 entries, got 5001`},
		{KindHello, withNeuron, `"n1"`, `"n1.2"`, `hello: neurons[0].name: ` + name + `"n1.2"`},
		{KindHello, withNeuron, `"count":1`, `"count":0`, `hello: neurons[0].count: must be between 1 and 100000, got 0`},
		{KindHello, withNeuron, `"count":1,`, ``, `hello: neurons[0].count: missing`},
		{KindHello, withNeuron, `"lif"`, `"<b>"`, `hello: neurons[0].model: ` + name + `"<b>"`},
		{KindHello, withSynapse, `"mara/n1"`, `"mara/ida/n1"`, `hello: synapses[0].from[0]: must be a neuron or a spike input such as "n1", "n1.3" or "mara/n1", got "mara/ida/n1"`},
		{KindHello, withSynapse, `"n1.2"`, `"mara/n1"`, `hello: synapses[0].to[0]: must be the name of a neuron such as "n1" or "n1.3", got "mara/n1"`},
		{KindHello, withSynapse, `"mara/n1"`, `null`, `hello: synapses[0].from: must be a list of texts, got [null]`},
		{KindHello, withSynapse, `["mara/n1"]`, `"mara/n1"`, `hello: synapses[0].from: must be a list of texts, got "mara/n1"`},
		{KindHello, withSynapse, `"mV"`, `"V"`, `hello: synapses[0].unit: must be "nA" or "mV", got "V"`},
		{KindHello, withSynapse, `"delay_ms":1`, `"delay_ms":-1`, `hello: synapses[0].delay_ms: must be at least 0, got -1`},
		{KindHello, hello, `"2026-11-30T08:15:00Z"`, `"yesterday"`, `hello: started: must be a time such as "2026-11-30T08:15:00Z", got "yesterday"`},
		{KindHello, hello, `"2026-11-30T08:15:00Z"`, `"0001-01-01T00:00:00Z"`, `hello: started: must be a time of the years 1970 to 9998, got "0001-01-01T00:00:00Z"`},

		{KindRates, rates, `"sent":0,`, ``, `rates: sent: missing`},
		{KindRates, rates, `"step":1`, `"step":-1`, `rates: step: must be between 0 and 9007199254740991, got -1`},
		{KindRates, withRate, `"rate_hz":1`, `"rate_hz":-1`, `rates: neurons[0].rate_hz: must be at least 0, got -1`},
		{KindRates, withRate, `"n1"`, `""`, `rates: neurons[0].name: ` + name + `""`},
		{KindRates, withRate, `"spikes":2`, `"spikes":-2`, `rates: neurons[0].spikes: must be between 0 and 9007199254740991, got -2`},
		{KindRates, rates, `"lateness_p99_us":0`, `"lateness_p99_us":-1`, `rates: lateness_p99_us: must be at least 0, got -1`},
		{KindRates, rates, `"lost_steps":0`, `"lost_steps":1.5`, `rates: lost_steps: must be a whole number, got 1.5`},

		{KindAsk, ask, `"id":1`, `"id":-1`, `ask: id: must be between 0 and 9007199254740991, got -1`},
		{KindAsk, ask, `,"sent_ns":2`, ``, `ask: sent_ns: missing`},
		{KindAnswer, answer, `"got_ns":3`, `"got_ns":5`, `answer: answered_ns: must be between 5 and 2305843009213693952, got 4`},
		{KindAnswer, answer, `"r"`, `"é"`, `answer: run: must be 1 to 64 letters, digits, _ and -, got "\u00e9"`},
		{KindAnswer, answer, `"sent_ns":2`, `"sent_ns":true`, `answer: sent_ns: must be a whole number, got true`},

		{KindState, Online, Online, `Online`, `state: must be "online" or "offline", got "Online"`},
		{KindState, Online, Online, ``, `state: must be "online" or "offline", got ""`},
	}
}

func TestBadMessageIsRefused(t *testing.T) {
	for _, m := range badMessages() {
		if err := decode(m.kind, []byte(m.good)); err != nil {
			t.Errorf("a good message: %v", err)
		}
		if err := decode(m.kind, []byte(m.text())); err == nil || err.Error() != m.want {
			t.Errorf("%s with %.80q:\ngot  %v\nwant %s", m.kind, m.new, err, m.want)
		}
	}
}

// manyNames returns n members with an empty list each.
func manyNames(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf(`"n.%d":[]`, i+1))
	}
	return strings.Join(names, ",")
}

// decode decodes a message of any kind.
func decode(kind Kind, data []byte) (err error) {
	switch kind {
	case KindState:
		_, err = DecodeState(data)
	case KindHello:
		_, err = Decode[Hello](data)
	case KindRates:
		_, err = Decode[Rates](data)
	case KindSpikes:
		_, err = Decode[Spikes](data)
	case KindAsk:
		_, err = Decode[Ask](data)
	case KindAnswer:
		_, err = Decode[Answer](data)
	}
	return err
}

func TestUnknownKeysAreForLaterVersions(t *testing.T) {
	got, err := Decode[Ask]([]byte(" { \"later\" : [ { \"x\" : null , \"]}\\\"\" : -1e9 } , [ ] , { } , true ] ,\t\"\\u0069d\"\r: 1\n, \"ID\":9,\"sent_ns\" : 2 } \n"))
	if want := (Ask{ID: 1, SentNs: 2}); got != want || err != nil {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
}

func TestBadMessageIsNotSent(t *testing.T) {
	late := exampleHello
	late.Started = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	long := Rates{Run: "r", Neurons: slices.Repeat([]NeuronRate{{Name: strings.Repeat("n", 32), RateHz: 1.0 / 3, Spikes: maxWhole}}, MaxNeurons)}
	for _, tt := range []struct {
		encode func() ([]byte, error)
		want   string
	}{
		{func() ([]byte, error) { return Encode(Rates{Run: "r", LatenessP99Us: math.NaN()}) }, "rates: lateness_p99_us: must be at least 0, got NaN"},
		{func() ([]byte, error) { return Encode(Rates{Run: "r", LatenessP99Us: math.Inf(1)}) }, "rates: lateness_p99_us: must be at least 0, got +Inf"},
		{func() ([]byte, error) { return Encode(Hello{Run: "r", DT: math.NaN()}) }, "hello: dt_ms: must be more than 0 and at most 1000, got NaN"},
		{func() ([]byte, error) { return Encode(Hello{Run: "r", DT: 1, Tick: 1, Speed: math.NaN()}) }, "hello: speed: must be more than 0, got NaN"},
		{func() ([]byte, error) {
			return Encode(Hello{Run: "r", DT: 1, Tick: 1, Speed: 1, Synapses: []HelloSynapse{{Name: "s", Kind: "delta", Weight: math.NaN()}}})
		}, "hello: synapses[0].weight: must be finite, got NaN"},
		{func() ([]byte, error) { return Encode(Spikes{Run: "r", From: 2, To: 1, DT: 1}) }, "spikes: to: must be between 2 and 9007199254740991, got 1"},
		{func() ([]byte, error) { return Encode(late) }, `hello: started: must be a time of the years 1970 to 9998, got "10000-01-01T00:00:00Z"`},
		{func() ([]byte, error) { return Encode(long) }, `rates: must be at most 262144 bytes, got 495118`},
	} {
		if got, err := tt.encode(); got != nil || err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// fuzz decodes bytes. A message that passes must survive another round.
func fuzz[M Message](f *testing.F, example M) {
	data, err := Encode(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode[M](data)
		if err != nil {
			return
		}
		again, err := Encode(m)
		if err != nil {
			if len(data) < MaxMessage/8 { // numbers such as 1e99 become longer
				t.Fatal(err)
			}
			return
		}
		if got, err := Decode[M](again); err != nil || !cmp.Equal(got, m) {
			t.Errorf("got error %v and difference\n%s", err, cmp.Diff(m, got))
		}
	})
}

func FuzzDecodeHello(f *testing.F)  { fuzz(f, exampleHello) }
func FuzzDecodeRates(f *testing.F)  { fuzz(f, exampleRates) }
func FuzzDecodeSpikes(f *testing.F) { fuzz(f, exampleSpikes) }
func FuzzDecodeAsk(f *testing.F)    { fuzz(f, exampleAsk) }
func FuzzDecodeAnswer(f *testing.F) { fuzz(f, exampleAnswer) }

// A wall of 100 boards decodes 2,000 batches per second.
func BenchmarkDecodeSpikes(b *testing.B) {
	data, err := Encode(batchOf(15))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode[Spikes](data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeSpikes(b *testing.B) {
	s := batchOf(15)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(s); err != nil {
			b.Fatal(err)
		}
	}
}
