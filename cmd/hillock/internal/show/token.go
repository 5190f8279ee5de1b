package show

import "crypto/rand"

// TokenVariable is the environment variable for the token of the page.
const TokenVariable = "HILLOCK_WEB_TOKEN"

// webToken is the token for changes on the page.
type webToken struct {
	text  string // "": every viewer may make changes
	shown string // printed instead of text
}

// tokenFor returns the token of a run. A given token always counts, and is never printed. Without one, a page on loopback is
// open, and a page on the network gets a random token of 50 bits: a guess takes a second, and a person can type it. A service
// does not print its random token, because its output is the system's log. Its page then allows no changes.
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
