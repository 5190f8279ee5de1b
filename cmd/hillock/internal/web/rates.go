package web

import (
	"encoding/json"

	"hillock/cmd/hillock/internal/trace"
)

// rated selects the measured rates of a part with a change at or after a step.
type rated struct {
	part
	since int64
}

// ratesText is a message with rates, shared by all clients.
type ratesText struct {
	text []byte
	next int64 // the step after the last one of the record
}

// rates returns a message with the rates of a part measured at or after a step, nil without any, and the record's next step.
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
	text, _ = json.Marshal(m) // nil with a number JSON cannot express
	return text, step
}
