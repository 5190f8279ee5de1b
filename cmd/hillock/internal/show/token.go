package show

import "crypto/rand"

// TokenVariable is the environment variable that may hold the token of the page.
const TokenVariable = "HILLOCK_WEB_TOKEN"

// webToken is the token that a browser must give to make changes.
type webToken struct {
	text  string // "" where everybody who reaches the page may make changes
	shown string // what the program prints of it
}

// tokenFor returns the token of a run. A given token always counts, and is never printed. Without one a page that only this
// machine reaches is open, and one that the network reaches gets a random token of 50 bits: a guess takes a second, and a person
// can type it. A service does not print that one, because its output is the system's log: then nobody can make changes.
func tokenFor(given string, loopback, service bool) webToken {
	switch {
	case given != "":
		return webToken{given, "as given"}
	case loopback:
		return webToken{}
	}
	random := rand.Text()[:10]
	if service {
		return webToken{random, "none given: set --web-token-file or " + TokenVariable}
	}
	return webToken{random, random}
}
