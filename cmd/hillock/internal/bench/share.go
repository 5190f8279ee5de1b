package bench

import (
	"fmt"
	"io"
	"os"

	"github.com/pelletier/go-toml/v2"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/doctor"
)

// Schema names the form of a Shared. Removing a key or changing its meaning changes the number.
const Schema = "hillock.report.1"

// Shared is a result with its machine, to send to the project. It names no computer, no user, no file and no part.
type Shared struct {
	Schema   string   `toml:"schema"`
	Hillock  string   `toml:"hillock"` // its version, compiler and target
	Pi       string   `toml:"pi"`      // "real" or "virtual": of the pins and buses
	Machine  Machine  `toml:"machine"`
	System   System   `toml:"system"`
	Before   State    `toml:"before"`
	After    State    `toml:"after"`
	Loop     Loop     `toml:"loop"`
	Inputs   []Input  `toml:"input,omitempty"`
	Measured Measured `toml:"measured"`
}

// Loop is the loop as configured, and the system's answers to its requests.
type Loop struct {
	TickUs   float64  `toml:"tick_us"`
	DTUs     float64  `toml:"dt_us"`
	Speed    float64  `toml:"speed"`
	Realtime string   `toml:"realtime"`
	Granted  []string `toml:"granted"`
	Missing  []string `toml:"missing"` // each with its error
}

// Input is the driver of an input with its bus.
type Input struct {
	Driver  string `toml:"driver"`
	Port    string `toml:"port,omitempty"`
	ClockHz int64  `toml:"clock_hz,omitempty"`
}

// Measured are the figures of the loop.
type Measured struct {
	DurationS  float64              `toml:"duration_s"`
	TicksDue   int64                `toml:"ticks_due"`
	TicksRun   int64                `toml:"ticks_run"`
	LateTicks  int64                `toml:"late_ticks"` // they began more than a tick late
	SkippedMs  float64              `toml:"skipped_ms"`
	ReadErrors int64                `toml:"read_errors"`
	CPUPercent float64              `toml:"cpu_percent"` // of one core
	RSSMB      float64              `toml:"rss_mb"`
	TickerDue  int64                `toml:"ticker_ticks_due"`
	TickerRun  int64                `toml:"ticker_ticks_run"` // by Go's time.Ticker
	Late       session.Percentiles  `toml:"lateness_us,inline"`
	Wake       session.Percentiles  `toml:"wakeup_us,inline"`
	Read       session.Percentiles  `toml:"read_us,inline"`            // of all inputs in a tick
	Pulse      *session.Percentiles `toml:"pulse_us,inline,omitempty"` // from threshold crossing to pin
}

// Here returns this machine.
func Here() Host {
	return Host{Files: os.DirFS("/"), Power: func() string { return doctor.Here().Power().Seen }}
}

// Share describes the result for other people. version is the version of hillock, before is the host's state at the start, and cpus
// is its number of CPUs.
func (r *Result) Share(version string, cfg *config.Config, hw session.Hardware, host Host, before State, cpus int) *Shared {
	s := &Shared{
		Schema: Schema, Hillock: version, Pi: "real", Machine: host.machine(cpus), System: host.system(), Before: before, After: host.State(),
		Loop: Loop{TickUs: r.TickUs, DTUs: r.DTUs, Speed: cfg.Loop.Speed, Realtime: cfg.Loop.Realtime, Granted: r.Realtime, Missing: r.missing},
		Measured: Measured{DurationS: r.DurationS, TicksDue: r.TicksDue, TicksRun: r.TicksRun, LateTicks: r.lateTicks, SkippedMs: r.SkippedMs,
			ReadErrors: r.readErrors, CPUPercent: readable.Round(r.CPUPercent), RSSMB: readable.Round(r.RSSMB), TickerDue: r.TickerDue, TickerRun: r.TickerRun, Late: r.Late, Wake: r.Wake, Read: r.Read},
	}
	if hw.Virtual != nil {
		s.Pi = "virtual"
	}
	if r.Pulse != nil && r.Pulse.N > 0 {
		s.Measured.Pulse = r.Pulse
	}
	for _, in := range cfg.Inputs {
		s.Inputs = append(s.Inputs, inputOf(in))
	}
	return s
}

// inputOf returns an input without its name.
func inputOf(in config.Input) Input {
	i := Input{Driver: in.Driver}
	for _, claim := range in.Part.Claims() {
		i.Port = claim.Port
		for _, s := range claim.Chip {
			if hz, ok := s.Value.(int64); ok && s.Key == "clock" {
				i.ClockHz = hz
			}
		}
	}
	return i
}

// invitation returns the next step after the report is written. The project collects reports of real Pis only.
func (s *Shared) invitation() string {
	if s.Pi == "virtual" {
		return "this is the virtual Pi's report"
	}
	return "read it, then attach it to an issue of the project"
}

const head = `# A report of 'hillock bench'%s
# It describes the machine and the measurement. It has no serial number and no address, and it
# names no computer, no user and no file.

`

// TOML writes the report.
func (s *Shared) TOML(w io.Writer) error {
	which := ", to send to the project. Read it first."
	if s.Pi == "virtual" {
		which = " on the virtual Pi."
	}
	if _, err := fmt.Fprintf(w, head, which); err != nil {
		return err
	}
	return toml.NewEncoder(w).Encode(s)
}
