package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	configFlags
	hw, fault string
	back      map[string]string
	json      bool
	wiresOnly bool
	trial     time.Duration
}

func newDoctor() *cobra.Command {
	f := doctorFlags{trial: 5 * time.Second}
	cmd := &cobra.Command{
		Use:   "doctor [FILE]",
		Short: "look for what is wrong with the set-up and the wires",
		Long: `doctor checks what the configuration needs: this machine and this user, the supply, who holds the pins, how late a
loop is here; and then the wires, part by part: whether each chip answers, whether every bit of it comes over, what is on
its channels, and on a terminal, by asking, whether knobs turn and LEDs light. Of each check that failed it says what was
seen, what that means, and what to do. Pins and pulls are left as they were, outputs dark. The exit status is 1 when a
check failed.

It cannot share the parts with a hillock that runs: end that first.`,
		Example: `  hillock doctor
  hillock doctor --back led=GPIO27 my.toml
  hillock doctor --hw sim --fault "CE one row too high"`,
		Args: cobra.MaximumNArgs(1),
		RunE: f.run,
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.hw, "hw", "auto", "the `Pi` whose wires are checked: auto, real or sim, as for run")
	flags.StringVar(&f.fault, "fault", "none", "what is wrong with the wires of the virtual Pi, to see what doctor makes of it: "+strings.Join(trialNames(), "; "))
	flags.StringToStringVar(&f.back, "back", nil, "an output and the free pin that a second wire leads back to from its pin, so that nobody need look: `led=GPIO27`")
	flags.BoolVar(&f.json, "json", false, "print the checks as JSON, and ask nothing")
	flags.BoolVar(&f.wiresOnly, "wires", false, "look at the wires of the virtual Pi alone, not at this machine")
	flags.Var((*durationFlag)(&f.trial), "trial", "for how long to try how late a loop is here; 0s for not at all")
	choices(cmd, "hw", "auto", "real", "sim")
	choices(cmd, "fault", trialNames()...)
	return cmd
}

func trialNames() (names []string) {
	for _, t := range trials() {
		names = append(names, t.name)
	}
	return names
}

func (f *doctorFlags) run(cmd *cobra.Command, args []string) error {
	cfg, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	if err := f.check(cfg); err != nil {
		return err
	}
	out := newFindings(cmd.OutOrStdout())
	out.json = f.json
	host := doctor.Here()
	if !f.wiresOnly {
		for _, found := range host.SetUp(cfg) {
			out.add(found)
		}
		if f.trial > 0 && cmd.Context().Err() == nil {
			out.add(lateness(cmd.Context(), cfg, f.trial))
		}
	}
	if err := f.wires(cmd, cfg, host, out); err != nil {
		return errors.Join(err, out.close())
	}
	if cmd.Context().Err() != nil {
		return errors.Join(errors.New("stopped before the end"), out.end())
	}
	return out.end()
}

// check holds the flags against the configuration.
func (f *doctorFlags) check(cfg *config.Config) error {
	if !slices.Contains(trialNames(), f.fault) {
		return usage.Errorf("--fault: must be one of %s, got %q", strings.Join(trialNames(), "; "), f.fault)
	}
	if f.trial != 0 && f.trial < 10*cfg.Loop.Tick {
		return usage.Errorf("--trial: must be at least ten ticks, %v, or 0s for none, got %v", 10*cfg.Loop.Tick, f.trial)
	}
	if part := trials()[slices.Index(trialNames(), f.fault)].lacks(cfg); part != "" {
		return usage.Errorf("--fault: %q is of %s, and the configuration has none", f.fault, part)
	}
	real := f.hw == "real" || f.hw == "auto" && board.OnPi() != ""
	switch {
	case !slices.Contains([]string{"auto", "real", "sim"}, f.hw):
		return usage.Errorf("--hw: must be auto, real or sim, got %q", f.hw)
	case real && f.fault != "none":
		return usage.Errorf("--fault: is of the virtual Pi: add --hw sim")
	case real && f.wiresOnly:
		return usage.Errorf("--wires: is of the virtual Pi: add --hw sim")
	}
	taken := map[string]string{}
	for _, out := range cfg.Outputs {
		for _, pin := range out.AllPins() {
			taken[pin] = "output " + out.Name + "'s"
		}
	}
	for _, in := range cfg.Inputs {
		taken[in.Pin] = "input " + in.Name + "'s"
	}
	for _, port := range doctor.Ports(cfg) {
		for role, pin := range config.PortPins(port) {
			taken[pin] = port + "'s " + role
		}
	}
	for name, pin := range f.back {
		i := slices.IndexFunc(cfg.Outputs, func(out config.Output) bool { return out.Name == name && out.Driver == "pulse" })
		switch {
		case i < 0:
			return usage.Errorf("--back: no output of driver pulse is called %q", name)
		case !strings.HasPrefix(pin, "GPIO") || config.Position(pin) == 0:
			return usage.Errorf("--back %s=%s: must be a pin of the header such as GPIO27", name, pin)
		case taken[pin] != "":
			return usage.Errorf("--back %s=%s: must be a free pin, and that is %s", name, pin, taken[pin])
		}
		taken[pin] = "where a wire from " + name + " leads back to"
	}
	return nil
}

// wires checks the wires, if the set-up lets it.
func (f *doctorFlags) wires(cmd *cobra.Command, cfg *config.Config, host doctor.Host, out *findings) error {
	if reason := out.unready(cfg); reason != "" {
		out.add(doctor.Finding{Check: "wires", Result: doctor.NotPossible, Seen: "not looked at: " + reason})
		return nil
	}
	run := runFlags{hw: f.hw}
	where, virtual, err := run.hardware(cfg, clock.New())
	if err != nil {
		return err
	}
	b := doctor.Bench{Config: cfg, Back: f.back}
	if virtual != nil {
		defer virtual.Close()
		trials()[slices.Index(trialNames(), f.fault)].apply(virtual)
		for name, back := range f.back {
			i := slices.IndexFunc(cfg.Outputs, func(out config.Output) bool { return out.Name == name })
			virtual.Join(cfg.Outputs[i].Pin, back)
		}
		b.Hand = virtual
	} else {
		b.Held = host.Held()
		if !f.json && isTerminal(cmd.InOrStdin()) && isTerminal(cmd.OutOrStdout()) {
			b.Hand = &visitor{keys{cmd.Context(), bufio.NewReader(cmd.InOrStdin())}, out.Printer}
		}
	}
	if !f.json {
		out.Printf("\nthe wires of %s\n", where)
	}
	for found := range b.Wires(cmd.Context()) {
		out.add(found)
	}
	return nil
}

// visitor is somebody at a terminal.
type visitor struct {
	keys keys
	*readable.Printer
}

// Turn asks for a knob to be turned.
func (v *visitor) Turn(in config.Input) error {
	v.Printf("      ? turn %s slowly all the way down and all the way up, then press Enter ", in.Name)
	_, err := v.keys.line()
	return errors.Join(v.Err, err)
}

// Look asks somebody to look at an output.
func (v *visitor) Look(out config.Output, should string, show func() error) (bool, error) {
	v.Printf("      ? look at %s, the %s at %s, and press Enter ", out.Name, doctor.Kind(out), doctor.Place(out))
	if _, err := v.keys.line(); err != nil {
		return false, err
	}
	if err := show(); err != nil {
		return false, err
	}
	for v.Err == nil {
		v.Printf("      ? did it %s? [y/n] ", should)
		line, err := v.keys.line()
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
	return false, v.Err
}

// lateness tries for a while how late the loop is here, without a part on it.
func lateness(ctx context.Context, cfg *config.Config, d time.Duration) doctor.Finding {
	f := doctor.Finding{Check: "lateness", Result: doctor.Failed}
	alone := *cfg
	alone.Inputs, alone.Outputs, alone.Neurons = nil, nil, slices.Clone(cfg.Neurons)
	for i := range alone.Neurons {
		alone.Neurons[i].Inputs = nil
	}
	b, err := board.Open(&alone)
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	wall := clock.New()
	loop, err := assemble(&alone, b, wall)
	if err != nil {
		f.Seen = err.Error()
		return f
	}
	m := newMonitor(loop)
	loop.Observers, loop.Ticks = append(loop.Observers, m), ticksIn(d, loop.Tick)
	v := &view{cfg: &alone, board: b, monitor: m}
	v.onWall(loop, wall)
	ended := make(chan error, 1)
	go func() { // it stays on a thread that ends with it
		_, err := loop.Run(ctx)
		ended <- errors.Join(err, wall.Leave())
	}()
	if err := <-ended; err != nil {
		f.Result, f.Seen = doctor.NotPossible, "not tried to the end: "+err.Error()
		return f
	}
	end, late := m.end().tick, m.times.end().Late
	f.Seen = fmt.Sprintf("%d of %d ticks of %v in %v; late %s", end.Run(), end.Due, loop.Tick, d, late)
	tick := float64(loop.Tick) / 1e3
	switch {
	case end.Run() < end.Due:
		f.Means = "this machine does not keep such a tick: the neuron runs in slow motion"
		f.Do = "end what else runs, grant real time, or take a longer tick"
	case late.P99 > tick:
		f.Means = "1 in 100 ticks begins more than a whole one late"
		f.Do = "end what else runs, or grant real time; hillock bench has more"
	default:
		f.Result = doctor.Passed
	}
	return f
}

// findings are printed as they come, as JSON too: who reads it need not wait for an LED that is looked at.
type findings struct {
	*readable.Printer
	json bool
	wide int // how wide a line may be
	all  []doctor.Finding
}

// column is where the text of a finding begins.
const column = 15

func newFindings(w io.Writer) *findings {
	f := &findings{Printer: &readable.Printer{W: w}, wide: 115}
	if file, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			f.wide = min(f.wide, max(width, 3*column))
		}
	}
	return f
}

func (f *findings) add(found doctor.Finding) {
	f.all = append(f.all, found)
	if f.json {
		f.array(found)
		return
	}
	mark := map[doctor.Result]string{doctor.Passed: "ok  ", doctor.Failed: "FAIL", doctor.NotPossible: "-   "}[found.Result]
	f.Printf("%s  %-8s %s\n", mark, found.Check, f.hang(found.Seen))
	if found.Means != "" {
		f.Printf("%*s%s\n", column, "", f.hang("means: "+found.Means))
	}
	if found.Do != "" {
		f.Printf("%*s%s\n", column, "", f.hang("do:    "+found.Do))
	}
}

// hang wraps a text that begins at the column.
func (f *findings) hang(text string) string {
	rows := strings.Split(lipgloss.NewStyle().Width(f.wide-column).Render(text), "\n")
	for i, row := range rows {
		rows[i] = strings.TrimRight(row, " ")
	}
	return strings.Join(rows, "\n"+strings.Repeat(" ", column))
}

// unready is what keeps the wires from being looked at, "" where nothing does.
func (f *findings) unready(cfg *config.Config) string {
	needs := append(doctor.Ports(cfg), "user", "GPIO")
	for _, found := range f.all {
		switch {
		case found.Result == doctor.Failed && slices.Contains(needs, found.Check):
			return "mend " + found.Check + " first"
		case found.Means == doctor.Running:
			return "a hillock runs and has the parts: end it first, or sudo systemctl stop hillock"
		}
	}
	return ""
}

// array prints a finding as one more of the array that close ends.
func (f *findings) array(found doctor.Finding) {
	text, err := json.MarshalIndent(found, "  ", "  ")
	before := ",\n  "
	if len(f.all) == 1 {
		before = "[\n  "
	}
	f.Err = errors.Join(f.Err, err)
	f.Printf("%s%s", before, text)
}

// close prints what is still to be printed.
func (f *findings) close() error {
	switch {
	case f.json && len(f.all) == 0:
		f.Printf("[]\n")
	case f.json:
		f.Printf("\n]\n")
	}
	return f.Err
}

// end is close, and its error counts the checks that failed.
func (f *findings) end() error {
	err := f.close()
	failed := 0
	for _, found := range f.all {
		if found.Result == doctor.Failed {
			failed++
		}
	}
	if failed > 0 {
		return errors.Join(err, fmt.Errorf("%s failed", readable.Count(failed, "check")))
	}
	return err
}

// tell prints findings that are all there.
func tell(w io.Writer, all []doctor.Finding) error {
	f := newFindings(w)
	for _, found := range all {
		f.add(found)
	}
	return f.end()
}
