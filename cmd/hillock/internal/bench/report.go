package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/cmd/hillock/internal/chart"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
)

// Files are the files of a result, each "" for none.
type Files struct {
	JSON   string  // "-" for standard output
	Plot   string  // with an extension of chart.Format
	Report string  // "-" for standard output
	Shared *Shared // of Report
}

// Show writes the files, and then the text to out, even after a failed file. With a file on out, the text goes to messages. The report
// of an interrupted measurement is an error.
func (r *Result) Show(out, messages io.Writer, to Files) error {
	var err error
	if to.JSON != "" {
		err = outfile.Write(to.JSON, out, r.json)
	}
	if to.Plot != "" {
		err = errors.Join(err, outfile.Write(to.Plot, out, func(w io.Writer) error {
			format, _ := chart.Format(to.Plot)
			return r.bars().Picture(w, format)
		}))
	}
	switch {
	case to.Report == "":
	case r.interrupted:
		err = errors.Join(err, fmt.Errorf("no report: %w", ErrInterrupted))
	default:
		err = errors.Join(err, outfile.Write(to.Report, out, to.Shared.TOML))
	}
	if to.JSON == "-" || to.Report == "-" {
		out = messages
	}
	err = errors.Join(err, r.text(out))
	if err == nil && to.Report != "" && to.Report != "-" {
		_, err = fmt.Fprintf(messages, "%s written: %s\n", to.Report, to.Shared.invitation())
	}
	return err
}

func (r *Result) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// text prints the result for people: the histogram of lateness, the figures and a verdict.
func (r *Result) text(w io.Writer) error {
	var b strings.Builder
	t := &readable.Printer{W: &b}
	t.Printf("\nlateness of the ticks\n")
	for _, row := range lateRows(r.late) {
		t.Printf("  %-10s %s %6.2f %%\n", row.label, readable.Bar(row.part, 40), 100*row.part)
	}
	t.Printf("\n")
	t.Printf("real time  %s\n", strings.Join(r.Realtime, ", "))
	t.Printf("ticks      %d of %d due, %d of %d steps, %s skipped\n", r.TicksRun, r.TicksDue, r.StepsRun, r.StepsDue, readable.Seconds(r.SkippedMs/1e3))
	t.Printf("lateness   %s\n", r.Late)
	t.Printf("wake-up    %s, after a sleep\n", r.Wake)
	t.Printf("read       %s\n", r.Read)
	if r.Pulse != nil {
		t.Printf("pulse      %s, from threshold crossing to pin\n", r.Pulse)
	}
	t.Printf("cost       %s %% of a core, %s MB, %s, %s allocations a tick\n",
		readable.Digits(r.CPUPercent, 3), readable.Digits(r.RSSMB, 3), readable.Count(int64(r.GCCount), "garbage collection"), readable.Digits(r.AllocsPerTick, 3))
	t.Printf("ticker     %d of %d ticks with a plain time.Ticker\n", r.TickerRun, r.TickerDue)
	const column = 11 // of the figures
	if err := readable.WriteFit(w, b.String(), column); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", readable.Fit(w, r.verdict(), 0))
	return err
}

// verdict returns the result in a sentence.
func (r *Result) verdict() string {
	part := 100 * r.Late.P99 / r.TickUs
	switch {
	case r.TicksRun < r.TicksDue:
		return fmt.Sprintf("This machine is too slow for a tick of %s: it skipped %d of %d ticks.", readable.Micros(r.TickUs), r.TicksDue-r.TicksRun, r.TicksDue)
	case part > 100:
		return fmt.Sprintf("No step was lost, but this machine is not punctual at this tick: 1 tick in 100 was more than %s late, longer than a tick.", readable.Micros(r.Late.P99))
	}
	return fmt.Sprintf("No step was lost, and 99 of 100 ticks were at most %s late, %s %% of a tick.", readable.Micros(r.Late.P99), readable.Digits(part, 2))
}

// lateRow is a row of the histogram: the part of the ticks between the limit of the row before and its own.
type lateRow struct {
	label string
	part  float64
}

func lateRows(h *hdrhistogram.Histogram) []lateRow {
	limits := []int64{500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000}
	rows := make([]lateRow, len(limits)+1)
	for i, l := range limits {
		rows[i].label = "to " + readable.Micros(float64(l)/1e3)
	}
	rows[len(limits)].label = "later"
	for _, b := range h.Distribution() {
		i := 0
		for i < len(limits) && b.To > limits[i] {
			i++
		}
		rows[i].part += float64(b.Count) / float64(max(1, h.TotalCount()))
	}
	for len(rows) > 1 && rows[len(rows)-1].part == 0 {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// bars returns the histogram of lateness, with its figures.
func (r *Result) bars() *chart.Bars {
	b := &chart.Bars{
		Title: fmt.Sprintf("lateness of %d ticks of %s", r.TicksRun, readable.Micros(r.TickUs)),
		Notes: []string{
			r.where,
			strings.Join(r.Realtime, ", "),
			fmt.Sprintf("%s; a plain time.Ticker delivered %d of %d", r.Late, r.TickerRun, r.TickerDue),
		},
		XLabel: "lateness of a tick, up to", YLabel: "ticks (%)",
	}
	for _, row := range lateRows(r.late) {
		b.Bars = append(b.Bars, chart.Bar{Label: strings.TrimPrefix(row.label, "to "), Height: 100 * row.part})
	}
	return b
}
