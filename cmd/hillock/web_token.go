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

	"hillock/cmd/hillock/internal/usage"

	"hillock/cmd/hillock/internal/show"
)

// minToken and maxToken are the lengths that a given token may have, in bytes.
const minToken, maxToken = 8, 256

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
	if text, ok := env(show.TokenVariable); ok {
		return checkToken(show.TokenVariable, text)
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
