package swarm

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
)

// Show writes the JSON to a file, "" for none and - for out, and then the text to out. With the JSON on out, the text goes to messages.
func (r *Result) Show(out, messages io.Writer, file string) error {
	if file != "" {
		err := outfile.Write(file, out, func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(r)
		})
		if err != nil {
			return err
		}
	}
	if file == "-" {
		out = messages
	}
	return r.text(out)
}

// text prints the result for people.
func (r *Result) text(w io.Writer) error {
	var b strings.Builder
	t := &readable.Printer{W: &b}
	t.Printf("batches    %d made, %d sent, %d unsent\n", r.Made, r.Sent, r.Unsent)
	t.Printf("messages   %s batches/s to the broker, %s batches/s from it\n", readable.Digits(r.InHz, 4), readable.Digits(r.OutHz, 4))
	t.Printf("lateness   %s, of the swarm itself\n", r.Lateness)
	t.Printf("publish    %s\n", r.Publish)
	t.Printf("boards     %s\n", readable.Count(r.Reconnected, "reconnection"))
	for i, in := range r.Readers {
		t.Printf("reader %-3d %s\n", i+1, in.counts(r.Boards))
		t.Printf("delay      %s\n", in.Delay)
		for _, line := range in.gaps() {
			t.Printf("gap        %s\n", line)
		}
	}
	for _, c := range []struct {
		name string
		*Cost
	}{{"broker", r.Process}, {"swarm", r.Own}} {
		if c.Cost != nil {
			t.Printf("%-10s %s\n", c.name, c.Cost)
		}
	}
	const column = 11 // of the figures
	if err := readable.WriteFit(w, b.String(), column); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", readable.Fit(w, r.verdict(), 0))
	return err
}

// counts returns the counts of a reader in a line.
func (in Received) counts(boards int) string {
	text := fmt.Sprintf("%d batches, %d lost; %s; %d of %d boards with a hello, %d online; busy %s %% of the time",
		in.Batches, in.LostBatches, readable.Count(in.Spikes, "spike"), in.Hellos, boards, in.Online, readable.Digits(in.BusyPercent, 2))
	for _, odd := range []struct {
		n    int64
		what string
	}{{in.Repeated, "repeated"}, {in.Malformed, "malformed"}, {in.Foreign, "foreign"}} {
		if odd.n > 0 {
			text += fmt.Sprintf("; %d %s", odd.n, odd.what)
		}
	}
	return text
}

// gaps returns the first gaps of a reader as lines, and the number of the others.
func (in Received) gaps() (lines []string) {
	const shown = 10
	for i, g := range in.Gaps {
		if i == shown {
			return append(lines, fmt.Sprintf("%d more: --json FILE lists all", len(in.Gaps)-shown))
		}
		lines = append(lines, fmt.Sprintf("%s: steps %d to %d, %s", g.Board, g.From, g.To, readable.Seconds(g.Ms/1e3)))
	}
	return lines
}

// String returns the cost in words.
func (c *Cost) String() string {
	text := fmt.Sprintf("process %d: %s %% of a core, %s MB", c.Process, readable.Digits(c.CPUPercent, 3), readable.Digits(c.RSSMB, 3))
	if c.Ended {
		text += ", until its end"
	}
	return text
}

// Limits of the swarm itself. Beyond them its figures say little about the broker.
const (
	maxLate = 0.2 // 99th percentile of its lateness, in batches
	maxBusy = 80  // percent of the time in a reader
)

// verdict returns the result in a sentence or two.
func (r *Result) verdict() string {
	var b strings.Builder
	var lost int64
	for _, in := range r.Readers {
		lost += in.LostBatches
	}
	switch {
	case lost > 0:
		fmt.Fprintf(&b, "The broker lost %d of %d batches on the way to the readers.", lost, r.Sent*int64(len(r.Readers)))
	case r.Unsent > 0:
		fmt.Fprintf(&b, "All sent batches arrived. %d of %d batches stayed unsent, without a connection.", r.Unsent, r.Made)
	default:
		b.WriteString("No batch was lost.")
	}
	if r.interrupted {
		fmt.Fprintf(&b, " The run was interrupted after %s.", readable.Seconds(r.TookS))
	}
	if limit := maxLate * r.BatchMs * 1e3; r.Lateness.P99 > limit {
		fmt.Fprintf(&b, " The swarm itself was the bottleneck: 1 batch in 100 was more than %s late. Use fewer boards, longer batches, or run the broker on another machine.", readable.Micros(r.Lateness.P99))
	}
	for i, in := range r.Readers {
		if in.BusyPercent > maxBusy {
			fmt.Fprintf(&b, " Reader %d of the swarm was the bottleneck: it was busy %s %% of the time.", i+1, readable.Digits(in.BusyPercent, 2))
		}
	}
	return b.String()
}

// title returns the load in a line.
func (l *Load) title() string {
	return fmt.Sprintf("swarm on %s, class %s: %s, %s each at %s Hz, batches of %s, %s, for %s", l.Broker, l.Class, readable.Count(l.Boards, "board"),
		readable.Count(l.Neurons, "neuron"), readable.Digits(l.Rate, 5), milliseconds(l.Batch), readable.Count(l.Readers, "reader"), readable.Seconds(l.Duration.Seconds()))
}

func milliseconds(d time.Duration) string {
	return readable.Digits(readable.Milliseconds(d), 5) + " ms"
}
