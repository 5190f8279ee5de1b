package web

import (
	"encoding/json"

	"hillock/cmd/hillock/internal/trace"
)

// rated is what a message has of the measured rates: those of a part that changed in a step or after it.
type rated struct {
	part
	since int64
}

// ratesText is such a message, made once for however many clients, and the step to come when it was made.
type ratesText struct {
	text []byte
	next int64
}

// rates returns the rates of a part that were measured in a step or after it as a message, nil where there are none, and the
// step to come.
func (p *press) rates(of part, since int64) (text []byte, next int64) {
	key := rated{of, since}
	made, ok := p.rated[key]
	if !ok {
		made.text, made.next = ratesSince(of.record, since)
		p.rated[key] = made
		p.printed += len(made.text)
	}
	return made.text, made.next
}

func ratesSince(record *trace.Record, since int64) (text []byte, step int64) {
	m := Rates{Type: "rates"}
	some := false
	record.Look(func(next, _ int64, cells []trace.Cell) {
		step = next
		for _, c := range cells[:min(len(cells), maxCells)] {
			points, anew := c.Rates.Since(since)
			own := make([]Measured, 0, len(points))
			for _, p := range points {
				own = append(own, Measured{p.Bin, p.Current, p.Rate})
			}
			m.Points = append(m.Points, own)
			m.Anew = m.Anew || anew
			some = some || anew || len(own) > 0
		}
	})
	if !some {
		return nil, step
	}
	text, _ = json.Marshal(m) // nil where a number of it is none
	return text, step
}
