package web

import (
	"time"

	"hillock/cmd/hillock/internal/trace"
)

// Protocol is the subprotocol of the WebSocket: a page of another version is refused.
const Protocol = "hillock.1"

// Run is the run that is shown. Each method may be called from any goroutine; none waits for the loop, nor does the loop for
// one of them.
type Run interface {
	Hello() Hello   // without Type, MayChange, Run and Since
	Status() Status // without Missed, Clients, and what is swept
	Record() *trace.Record
	// On is the lamps of Hello.Outputs that are lit, bit by bit in their order, and those of pulses that were since the call
	// before, whose counts are the caller's to keep.
	On(pulses *[32]int64) uint32
	// Ticks is how many ticks began at most so late, of how many, and how late all of them were together.
	Ticks(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration)
	TOML() []byte // the configuration as it runs
	// Stalled says for how long the loop has made no tick, where that is too long; "" where it runs.
	Stalled() string

	// Each change is made whole, or not at all where it is an error. Turn returns where the knob was.
	Turn(input string, position float64) (was float64, err error)
	Set(neuron, key string, value float64) error
	Reset() error
	Fault(name string) error
}

// Hello is what does not change while a run goes on as it is.
type Hello struct {
	Type      string   `json:"type"`
	Version   string   `json:"version"`
	Where     string   `json:"where"`
	Virtual   bool     `json:"virtual"`
	MayChange bool     `json:"may_change"`
	Loop      Loop     `json:"loop"`
	Step      int64    `json:"step"`  // from which on it is so
	Run       uint32   `json:"run"`   // whose steps they are: each frame has the same number
	Since     string   `json:"since"` // when the server began: another one has other runs
	Neurons   []Neuron `json:"neurons"`
	Inputs    []Input  `json:"inputs"`
	Outputs   []Output `json:"outputs"`
	Kit       Kit      `json:"kit"`
	Faults    []string `json:"faults"`  // that the virtual Pi can have
	Sliders   []Slider `json:"sliders"` // of the loop
}

// Loop is how time passes.
type Loop struct {
	DT    float64 `json:"dt_ms"`
	Tick  float64 `json:"tick_ms"`
	Speed float64 `json:"speed"`
}

// Neuron is one with its parameters, and what the theory says of it.
type Neuron struct {
	Name       string             `json:"name"`
	Model      string             `json:"model"`
	Equation   string             `json:"equation"` // with the symbols of its parameters
	Params     map[string]float64 `json:"params"`   // by key, each in its unit
	Sliders    []Slider           `json:"sliders"`
	Reset      Level              `json:"reset"`
	Rest       Level              `json:"rest"`
	Threshold  Level              `json:"threshold"`
	Memory     float64            `json:"memory_ms"`     // the membrane's time constant; 0: it has none
	Refractory float64            `json:"refractory_ms"` // after a spike
	Rheobase   *float64           `json:"rheobase"`      // nA; null where there is no theory
	Inputs     []string           `json:"inputs"`
	Color      int                `json:"color"` // which of the page's
	Curve      []Point            `json:"curve"`
}

// Level is a potential (mV) with its symbol.
type Level struct {
	Symbol string  `json:"symbol"`
	V      float64 `json:"v"`
}

// Slider is a parameter that the page may turn, and the range that a change has to keep.
type Slider struct {
	Key         string  `json:"key"`
	Symbol      string  `json:"symbol"` // what follows _ is an index
	Name        string  `json:"name"`
	Unit        string  `json:"unit"`
	Low         float64 `json:"low"`
	High        float64 `json:"high"`
	Decimals    int     `json:"decimals"`
	Logarithmic bool    `json:"logarithmic"`
}

// Point is a firing rate (Hz) at a current (nA), null where there is no theory.
type Point struct {
	I        float64  `json:"i"`
	Exact    *float64 `json:"exact"`
	Discrete *float64 `json:"discrete"`
}

// Input is a knob, or what else gives a current, from Low to High (nA).
type Input struct {
	Name     string  `json:"name"`
	Driver   string  `json:"driver"`
	Where    string  `json:"where"`
	Shape    string  `json:"shape"` // of a wave
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Turnable bool    `json:"turnable"`
}

// Output is what shows a neuron.
type Output struct {
	Name   string `json:"name"`
	Driver string `json:"driver"`
	Pin    string `json:"pin"`
	Neuron string `json:"neuron"`
	Lamps  int    `json:"lamps"` // in On: the LEDs that the page draws
}

// Kit is what the page draws: the parts on the desk with their wires, as hillock wiring has them. A kit that has no wiring
// has no wires.
type Kit struct {
	Parts  []Part         `json:"parts"`
	Wires  []Wire         `json:"wires"`
	Header map[int]string `json:"header"` // what the pins in use are called
}

// Part is a part of a kit. Parts of one group belong together.
type Part struct {
	Ref    string   `json:"ref"`
	Kind   string   `json:"kind"` // chip, module, knob, led, resistor, capacitor
	Model  string   `json:"model"`
	Pins   []string `json:"pins"` // from pin 1
	Group  int      `json:"group"`
	Label  string   `json:"label,omitempty"`  // what it is there for
	Input  string   `json:"input,omitempty"`  // whose knob it is
	Output string   `json:"output,omitempty"` // that it shows
}

// End is a pin of a part, from 1. That of the part "header" is one of the Pi's header; a rail has none.
type End struct {
	Part string `json:"part"`
	Pin  int    `json:"pin,omitempty"`
}

// Wire is a wire of a kit. One without a colour is a row of the breadboard that two legs share.
type Wire struct {
	From  End    `json:"from"`
	To    End    `json:"to"`
	Color string `json:"color,omitempty"`
	Name  string `json:"name"`
	Fault string `json:"fault,omitempty"` // of the virtual Pi: this wire pulled out
}

// Rates are measured points of firing rate against current, as trace.Rates defines them: those that are new to a client.
type Rates struct {
	Type   string       `json:"type"`
	Anew   bool         `json:"anew"`   // earlier points do not count any more
	Points [][]Measured `json:"points"` // by neuron
}

// Measured is a point: Hz at nA. It replaces an earlier point of the same bin.
type Measured struct {
	Bin  int     `json:"bin"`
	I    float64 `json:"i"`
	Rate float64 `json:"rate"`
}

// Status is how the run is doing.
type Status struct {
	Type     string         `json:"type"`
	T        float64        `json:"t"` // of the model, s
	Steps    int64          `json:"steps"`
	Neurons  []NeuronStatus `json:"neurons"`
	Inputs   []InputStatus  `json:"inputs"`
	Outputs  []OutputStatus `json:"outputs"`
	Lateness Lateness       `json:"lateness_us"`
	Skipped  float64        `json:"skipped_ms"` // of the model
	Missed   int64          `json:"missed"`     // steps that this client was too slow for
	Clients  int            `json:"clients"`
	Stalled  string         `json:"stalled"` // as Run.Stalled
	Fault    string         `json:"fault"`   // of the virtual Pi
	Doctor   []Finding      `json:"doctor"`
}

// NeuronStatus is a neuron now: mV, nA, and Hz and ms of model time, but RealTimeHz in spikes per second of real time.
type NeuronStatus struct {
	Name         string    `json:"name"`
	V            float64   `json:"v"`
	I            float64   `json:"i"`
	Rate         float64   `json:"rate"`
	Predicted    *float64  `json:"predicted"`     // at the present current; null where there is no prediction
	NoPrediction string    `json:"no_prediction"` // why there is none
	ISI          float64   `json:"isi_ms"`        // the latest interspike interval; 0: none
	Spikes       int64     `json:"spikes"`
	RealTimeHz   float64   `json:"real_time_hz"`
	Intervals    Intervals `json:"intervals"`
}

// Intervals are the interspike intervals of a neuron since its current or its parameters changed, or a viewer cleared them.
type Intervals struct {
	Since  int64   `json:"since"`   // spikes before this step do not count
	N      int     `json:"n"`       // at most 1000
	MeanMs float64 `json:"mean_ms"` // 0 without an interval
	CV     float64 `json:"cv"`      // the standard deviation over the mean; 0 without an interval
}

// InputStatus is an input now.
type InputStatus struct {
	Name     string   `json:"name"`
	Position float64  `json:"position"` // as measured
	Knob     *float64 `json:"knob"`     // where the virtual Pi's knob is, whatever is measured; nil for a real one and for other inputs
	Current  float64  `json:"current"`
	State    string   `json:"state"`
	Note     string   `json:"note"`
	Fault    string   `json:"fault"`
	Swept    bool     `json:"swept"` // its knob is turned from end to end
}

// OutputStatus is an output now.
type OutputStatus struct {
	Name  string `json:"name"`
	On    bool   `json:"on"`
	Fault string `json:"fault"`
}

// Lateness of the ticks so far, us.
type Lateness struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Finding is what is wrong, as a doctor says it.
type Finding struct {
	Check  string `json:"check"`
	Result string `json:"result"`
	Seen   string `json:"seen"`
	Means  string `json:"means"`
	Do     string `json:"do"`
}
