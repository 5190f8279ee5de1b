package serve

import (
	"crypto/rand"
	"log/slog"
)

// TokenVariable is the environment variable for the token of a page.
const TokenVariable = "HILLOCK_WEB_TOKEN"

// Token is the token for changes on a page.
type Token struct {
	Text  string // "": every viewer may make changes
	Shown string // printed instead of Text
}

// TokenFor returns the token of a page. A given token always counts, and is never printed. Without one, a page on loopback is
// open, and a page on the network gets a random token of 50 bits: a guess takes a second, and a person can type it. A service
// does not print its random token, because its output is the system's log. Its page then allows no changes.
func TokenFor(given string, loopback, service bool) Token {
	switch {
	case given != "":
		return Token{given, "as given"}
	case loopback:
		return Token{}
	}
	random := rand.Text()[:10]
	if service {
		return Token{random, "none given: set --web-token-file or " + TokenVariable}
	}
	return Token{random, random}
}

// LogWrongTokens returns a function that logs wrong tokens: their number since the last line, and the address of the latest.
func LogWrongTokens(logger *slog.Logger) func(n int, from string) {
	return func(n int, from string) {
		attrs := []any{"from", from}
		if n > 1 {
			attrs = append(attrs, "others_not_logged", n-1)
		}
		logger.Warn("wrong token", attrs...)
	}
}
