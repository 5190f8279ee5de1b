package web

import (
	"time"

	"hillock/cmd/hillock/internal/trace"
)

// Protocol is the subprotocol of the WebSocket. The server refuses a page of another version.
const Protocol = "hillock.1"

// Run is a served run. Each method may be called from any goroutine. No method waits for the loop, and the loop waits for no
// method.
type Run interface {
	Hello() Hello   // without Type, MayChange, Run and Since
	Status() Status // without Missed, Clients and Swept
	Record() *trace.Record
	// On returns the lit lamps of Hello.Outputs, a bit each in their order. A pulse since the last call counts as lit. The caller
	// keeps the pulse counts between calls.
	On(pulses *[32]int64) uint32
	// Ticks returns the number of ticks with at most each lateness, the number of all ticks, and their total lateness.
	Ticks(bounds []time.Duration) (atMost []uint64, n uint64, sum time.Duration)
	TOML() []byte // the running configuration
	// Stalled returns how long the loop has stood still, in words; "": it runs.
	Stalled() string

	// Each change is made completely, or not at all with an error. Turn returns the knob's position before.
	Turn(input string, position float64) (was float64, err error)
	Set(name, key string, value float64) error // of a neuron, or of a synapse: "synapse.a"
	Reset() error
	Fault(name string) error
	Hide(wires int) error   // a hidden fault of some random wires
	Try(name string) error  // the wire of a hidden fault
	Reveal() error          // the hidden fault
	Tap(input string) error // presses a button of the virtual Pi
	Move(MovedWire) error   // the end of a wire on the breadboard
	Breadboard() []byte     // an SVG; nil for a kit without a breadboard
}

// Hello describes a run until its next change.
type Hello struct {
	Type      string     `json:"type"`
	Version   string     `json:"version"`
	Where     string     `json:"where"`
	Virtual   bool       `json:"virtual"`
	MayChange bool       `json:"may_change"`
	Loop      Loop       `json:"loop"`
	Step      int64      `json:"step"`  // its first step
	Run       uint32     `json:"run"`   // number of the part with these steps, as in each frame
	Since     string     `json:"since"` // start of the server: run numbers of another server do not compare
	Neurons   []Neuron   `json:"neurons"`
	LeftOut   int        `json:"left_out"` // further neurons: a page shows at most 255 tables
	Network   Network    `json:"network"`
	Inputs    []Input    `json:"inputs"` // of currents
	Outputs   []Output   `json:"outputs"`
	Kit       Kit        `json:"kit"`
	Desk      []DeskWire `json:"desk"`    // the wires of /breadboard.svg; none for a kit without a breadboard
	Faults    []string   `json:"faults"`  // of the virtual Pi
	Sliders   []Slider   `json:"sliders"` // of the loop
}

// Loop is the timing of the loop.
type Loop struct {
	DT    float64 `json:"dt_ms"`
	Tick  float64 `json:"tick_ms"`
	Speed float64 `json:"speed"`
}

// Neuron is a neuron with its parameters and its theory.
type Neuron struct {
	Name       string             `json:"name"`
	Count      int                `json:"count"`    // neurons: more than 1 for a population
	Rows       int                `json:"rows"`     // neurons in the raster of a population, equally far apart; 0: a single neuron
	Synaptic   bool               `json:"synaptic"` // frames have its synaptic current
	Adapts     bool               `json:"adapts"`   // frames have its adaptation current w
	Model      string             `json:"model"`
	Equation   string             `json:"equation"` // in the parameters' symbols
	Params     map[string]float64 `json:"params"`   // by key, each in its unit
	Sliders    []Slider           `json:"sliders"`
	Reset      Level              `json:"reset"`
	Rest       Level              `json:"rest"`
	Threshold  Level              `json:"threshold"`
	Memory     float64            `json:"memory_ms"`     // the membrane's time constant; 0: none
	Refractory float64            `json:"refractory_ms"` // after a spike
	Rheobase   *float64           `json:"rheobase"`      // nA; null without a theory
	Inputs     []string           `json:"inputs"`
	Color      int                `json:"color"` // index among the page's colours
	Curve      []Point            `json:"curve"`
}

// Level is a potential (mV) with its symbol.
type Level struct {
	Symbol string  `json:"symbol"`
	V      float64 `json:"v"`
}

// Network is the synapses between the neurons. A run without synapses and populations has none.
type Network struct {
	Exists   bool      `json:"exists"`
	Places   []Place   `json:"places"` // none of too many
	Synapses []Synapse `json:"synapses"`
}

// Place is a neuron, a population or a spike input in the picture of a network.
type Place struct {
	Name   string `json:"name"`
	Neuron int    `json:"neuron"` // index in Hello.Neurons; -1: a spike input
	Source int    `json:"source"` // index among the spike inputs in a frame; -1: a neuron
	Member int    `json:"member"` // of a population, from 0; -1: all of it
}

// Synapse is a table of synapses.
type Synapse struct {
	Name    string             `json:"name"`
	Kind    string             `json:"kind"`
	Plastic bool               `json:"plastic"`
	Gain    string             `json:"gain"`    // name of the input; "": none
	Count   int                `json:"count"`   // synapses
	Pairs   [][2]int           `json:"pairs"`   // indices in Places: the presynaptic and the postsynaptic one
	Params  map[string]float64 `json:"params"`  // by key, each in its unit
	Sliders []Slider           `json:"sliders"` // of the parameters
}

// Slider is an adjustable parameter and its permitted range.
type Slider struct {
	Key         string  `json:"key"`
	Symbol      string  `json:"symbol"` // with an index after _
	Name        string  `json:"name"`
	Unit        string  `json:"unit"`
	Low         float64 `json:"low"`
	High        float64 `json:"high"`
	Decimals    int     `json:"decimals"`
	Logarithmic bool    `json:"logarithmic"`
	Group       string  `json:"group,omitempty"` // the page folds the sliders of a group together
}

// Point is a firing rate (Hz) at a current (nA); null without a theory.
type Point struct {
	I        float64  `json:"i"`
	Exact    *float64 `json:"exact"`
	Discrete *float64 `json:"discrete"`
}

// Input is a knob or another source of current, from Low to High (nA).
type Input struct {
	Name     string  `json:"name"`
	Driver   string  `json:"driver"`
	Where    string  `json:"where"`
	Shape    string  `json:"shape"` // of a wave
	Low      float64 `json:"low"`   // at position 0
	High     float64 `json:"high"`  // at position 1
	Unit     string  `json:"unit"`  // "nA"; "×" of a knob used only as a gain
	Turnable bool    `json:"turnable"`
}

// Output is a lamp, a strip or another display of a neuron.
type Output struct {
	Name   string `json:"name"`
	Driver string `json:"driver"`
	Pin    string `json:"pin"`
	Neuron string `json:"neuron"`
	Lamps  int    `json:"lamps"` // LEDs in the page's drawing, and bits in On
}

// Kit is the page's drawing: the parts on the desk and the wires of 'hillock wiring'. A kit without wiring has no wires.
type Kit struct {
	Parts  []Part         `json:"parts"`
	Wires  []Wire         `json:"wires"`
	Header map[int]string `json:"header"` // names of the pins in use
}

// Part is a part of a kit. Parts of one group belong together.
type Part struct {
	Ref    string   `json:"ref"`
	Kind   string   `json:"kind"` // chip, module, knob, led, resistor, capacitor
	Model  string   `json:"model"`
	Pins   []string `json:"pins"` // from pin 1
	Group  int      `json:"group"`
	Label  string   `json:"label,omitempty"`  // its use
	Input  string   `json:"input,omitempty"`  // of a knob
	Output string   `json:"output,omitempty"` // of a lamp or a display
}

// End is a pin of a part, from 1. The part "header" is the Pi's header. A rail has no pins.
type End struct {
	Part string `json:"part"`
	Pin  int    `json:"pin,omitempty"`
}

// Wire is a wire of a kit. A wire without a colour is a row of the breadboard shared by two legs.
type Wire struct {
	From  End    `json:"from"`
	To    End    `json:"to"`
	Color string `json:"color,omitempty"`
	Name  string `json:"name"`
	Fault string `json:"fault,omitempty"` // of the virtual Pi with this wire pulled out
}

// Rates are new measured points of firing rate against current, as trace.Rates defines them.
type Rates struct {
	Type   string       `json:"type"`
	Anew   bool         `json:"anew"`   // forget earlier points
	Points [][]Measured `json:"points"` // by neuron
}

// Measured is a point: Hz at nA. It replaces an earlier point of the same bin.
type Measured struct {
	Bin  int     `json:"bin"`
	I    float64 `json:"i"`
	Rate float64 `json:"rate"`
}

// Status is the present state of a run.
type Status struct {
	Type        string          `json:"type"`
	T           float64         `json:"t"` // model time, s
	Steps       int64           `json:"steps"`
	Neurons     []NeuronStatus  `json:"neurons"`
	Synapses    []SynapseStatus `json:"synapses"`
	SpikeInputs []SpikeInput    `json:"spike_inputs"`
	Inputs      []InputStatus   `json:"inputs"`
	Outputs     []OutputStatus  `json:"outputs"`
	Lateness    Lateness        `json:"lateness_us"`
	Skipped     float64         `json:"skipped_ms"` // model time
	Dropped     int64           `json:"dropped"`    // spikes dropped before their arrival at a synapse
	Missed      int64           `json:"missed"`     // steps not sent to this slow client
	Clients     int             `json:"clients"`
	Stalled     string          `json:"stalled"` // as Run.Stalled
	Fault       string          `json:"fault"`   // of the virtual Pi; "hidden" while it is hidden
	Game        Game            `json:"game"`
	Moved       []MovedWire     `json:"moved"` // wires on the breadboard
	Doctor      []Finding       `json:"doctor"`
	Net         *NetStatus      `json:"net"` // null without a class
}

// DeskWire is a wire on the breadboard.
type DeskWire struct {
	ID    string `json:"id"`    // "w7"
	Fault string `json:"fault"` // of the virtual Pi when the wire is loose; "": none
}

// MovedWire is the end of a wire on the breadboard in another hole.
type MovedWire struct {
	Wire string `json:"wire"` // "w7"
	End  string `json:"end"`  // "from" or "to"
	Hole string `json:"hole"` // "header-22", "a12"; "": in no hole
}

// Game is the state of a hidden fault: the faults not found yet, those found, the wires tried, and whether it was shown.
type Game struct {
	Hidden int  `json:"hidden"`
	Found  int  `json:"found"`
	Tries  int  `json:"tries"`
	Over   bool `json:"over"`
}

// SynapseStatus is a table of synapses now: the mean, the smallest and the largest weight of plastic synapses, and the gain.
type SynapseStatus struct {
	Name     string  `json:"name"`
	Gain     float64 `json:"gain"`
	Mean     float64 `json:"mean"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Unit     string  `json:"unit"` // of the weights: nA or mV
	Arrivals int64   `json:"arrivals"`
}

// SpikeInput is a spike input now.
type SpikeInput struct {
	Name   string        `json:"name"`
	Spikes int64         `json:"spikes"`
	Edges  *EdgeCounts   `json:"edges"`  // of an edge input, else null
	Remote *RemoteCounts `json:"remote"` // of a neuron of another board, else null
	Fault  string        `json:"fault"`  // of its pin
	Button bool          `json:"button"` // of the virtual Pi, for the message press
}

// EdgeCounts are the edges of an input so far, beside those that became spikes in time.
type EdgeCounts struct {
	Late    int64 `json:"late"`    // spikes after their time, part of all
	Lost    int64 `json:"lost"`    // by a full buffer
	Dropped int64 `json:"dropped"` // in skipped time
	Ignored int64 `json:"ignored"` // in the dead time
}

// RemoteCounts are the spikes of a neuron of another board so far, beside those in time.
type RemoteCounts struct {
	Late    int64 `json:"late"`    // after their time, part of all
	Dropped int64 `json:"dropped"` // in skipped time
}

// NeuronStatus is a neuron now: mV, nA, and Hz and ms of model time, but RealTimeHz in spikes per second of real time. V, I, Synaptic, W
// and the intervals of a population are those of its first neuron, Rate and RealTimeHz are means of all.
type NeuronStatus struct {
	Name         string    `json:"name"`
	V            float64   `json:"v"`
	I            float64   `json:"i"`        // from outside
	Synaptic     *float64  `json:"synaptic"` // null without synapses onto it
	W            *float64  `json:"w"`        // null without adaptation
	Rate         float64   `json:"rate"`
	Neurons      int       `json:"neurons"` // of a population, else 1
	CV           float64   `json:"cv"`      // mean of the CVs of a population's neurons with more than 10 spikes; 0 without any
	Slowest      float64   `json:"slowest"` // rate of the slowest neuron of a population
	Fastest      float64   `json:"fastest"`
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

// InputStatus is the present state of an input.
type InputStatus struct {
	Name     string   `json:"name"`
	Position float64  `json:"position"` // measured
	Knob     *float64 `json:"knob"`     // position of the virtual Pi's knob, also with a fault; nil for a real knob and for other inputs
	Current  float64  `json:"current"`
	State    string   `json:"state"`
	Note     string   `json:"note"`
	Fault    string   `json:"fault"`
	Swept    bool     `json:"swept"` // a sweep turns its knob
}

// OutputStatus is the present state of an output.
type OutputStatus struct {
	Name   string  `json:"name"`
	On     bool    `json:"on"`
	Lit    string  `json:"lit"` // says that it stays lit, "" where it does not
	Fault  string  `json:"fault"`
	Oracle *Oracle `json:"oracle"` // null for an output that shows the spikes themselves
}

// Oracle is an output that lights before the spikes of its neuron.
type Oracle struct {
	Ahead  float64   `json:"ahead_ms"` // model time from the light to the spike
	Lights int64     `json:"lights"`   // so far
	Wrong  int64     `json:"wrong"`    // lights without a spike
	Missed int64     `json:"missed"`   // spikes without a light
	Note   string    `json:"note"`     // why there are no lights now, or the effect of one code more of each knob
	Codes  []OneCode `json:"codes"`
}

// OneCode is the effect of one code more of a knob on the next spike.
type OneCode struct {
	Input  string   `json:"input"`
	Sooner *float64 `json:"sooner_ms"` // model time, negative for later; null if the neuron fires in one of the two cases only
}

// Lateness is the lateness of all ticks so far, us.
type Lateness struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Finding is a finding of the doctor or of the run.
type Finding struct {
	Check  string `json:"check"`
	Result string `json:"result"`
	Seen   string `json:"seen"`
	Means  string `json:"means"`
	Do     string `json:"do"`
}
