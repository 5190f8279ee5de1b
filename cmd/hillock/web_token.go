package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"hillock/cmd/hillock/internal/show"
	"hillock/cmd/hillock/internal/usage"
)

// minToken and maxToken bound the length of a given token, in bytes.
const minToken, maxToken = 8, 256

// givenToken returns the token of the flag, else of the file, else of the environment, "" for none. An empty variable counts as
// unset.
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
	if text, _ := env(show.TokenVariable); text != "" {
		return checkToken(show.TokenVariable, text)
	}
	return "", nil
}

// checkToken returns a valid token, else an error that names its source and does not show it.
func checkToken(source, token string) (string, error) {
	if n := len(token); n < minToken || n > maxToken {
		return "", usage.Errorf("%s: must have %d to %d bytes, got %d", source, minToken, maxToken, n)
	}
	if !utf8.ValidString(token) || strings.ContainsFunc(token, unicode.IsControl) {
		return "", usage.Errorf("%s: must be one line of text", source)
	}
	return token, nil
}

// readToken returns the content of a file without its last newline. It refuses a file open to other users; the group may read
// it, for a service.
func readToken(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular(): // a FIFO might never have a writer
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
