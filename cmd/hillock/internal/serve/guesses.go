package serve

import (
	"context"
	"sync"
	"time"
)

// guesses counts wrong tokens and limits their reports, for a short log.
type guesses struct {
	mu       sync.Mutex
	n        int // since the last report
	from     string
	reported time.Time
}

// add counts a wrong token.
func (g *guesses) add(from string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
	g.from = from
}

// due returns the number of unreported wrong tokens and the address of the latest. It returns 0 within GuessTime of a report.
func (g *guesses) due(now time.Time) (n int, from string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n == 0 || now.Sub(g.reported) < GuessTime {
		return 0, ""
	}
	n, g.n, g.reported = g.n, 0, now
	return n, g.from
}

// guessed reports a wrong token. It returns after GuessTime, to make guessing slow. By then every token is reported: at
// once, in another report, or in the second one here.
func (s *Server) guessed(ctx context.Context, from string) {
	s.guesses.add(from)
	s.reportGuesses()
	select {
	case <-ctx.Done():
	case <-time.After(GuessTime):
	}
	s.reportGuesses()
}

func (s *Server) reportGuesses() {
	if n, from := s.guesses.due(time.Now()); n > 0 && s.o.WrongTokens != nil {
		s.o.WrongTokens(n, from)
	}
}
