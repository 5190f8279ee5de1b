package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"hillock/cmd/hillock/internal/usage"
)

// webTokenVariable is the environment variable that may hold the token of the page.
const webTokenVariable = "HILLOCK_WEB_TOKEN"

// minToken and maxToken are the lengths that a given token may have, in bytes.
const minToken, maxToken = 8, 256

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
		return webToken{random, "none given: set --web-token-file or " + webTokenVariable}
	}
	return webToken{random, random}
}

// givenToken returns the token that the user gave, "" where there is none: that of the flag, else of the file, else of the
// environment.
func givenToken(flag, file *string, env func(string) (string, bool)) (string, error) {
	switch {
	case flag != nil:
		return checkToken("--web-token", *flag)
	case file != nil:
		text, err := readToken(*file)
		if err != nil {
			return "", usage.Errorf("--web-token-file: %w", err)
		}
		return checkToken("--web-token-file: "+*file, text)
	}
	if text, ok := env(webTokenVariable); ok {
		return checkToken(webTokenVariable, text)
	}
	return "", nil
}

// checkToken returns a token that comes from source, or says what is wrong with it without showing it.
func checkToken(source, token string) (string, error) {
	if n := len(token); n < minToken || n > maxToken {
		return "", usage.Errorf("%s: must have %d to %d bytes, got %d", source, minToken, maxToken, n)
	}
	if !utf8.ValidString(token) || strings.ContainsFunc(token, unicode.IsControl) {
		return "", usage.Errorf("%s: must be one line of text", source)
	}
	return token, nil
}

// readToken returns the content of a file without the newline at its end. A file that other users may read or write is refused;
// its group may read it, as a service's group does.
func readToken(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular(): // a FIFO would keep the program waiting
		return "", fmt.Errorf("%s: must be a regular file", file)
	case info.Mode()&0o006 != 0 && runtime.GOOS != "windows":
		return "", fmt.Errorf("%s: must be private, but other users may read or write it (%v): chmod o= %[1]s", file, info.Mode())
	case info.Size() > maxToken+2: // a newline may be two bytes
		return "", fmt.Errorf("%s: must have %d to %d bytes, got %d", file, minToken, maxToken, info.Size())
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxToken+3))
	if err := cmp.Or(err, f.Close()); err != nil {
		return "", err
	}
	line := strings.TrimSuffix(string(text), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
