// Package secret reads a token, a code or a password from a flag, a private file or the environment. No error shows it.
package secret

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"hillock/cmd/hillock/internal/usage"
)

// maxBytes bounds the length of a secret.
const maxBytes = 256

// Kind is a kind of secret.
type Kind struct {
	Flag     string // "--web-token"; the flag of its file is "--web-token-file"
	Variable string // of the environment
	Min      int    // length in bytes
}

// Given returns the secret of the flag, else of the file, else of the environment, "" for none. An empty variable counts as unset.
func (k Kind) Given(flag, file *string, env func(string) (string, bool)) (string, error) {
	switch {
	case flag != nil:
		return k.check(k.Flag, *flag)
	case file != nil:
		text, err := k.read(*file)
		if err != nil {
			return "", usage.Errorf("%s-file: %w", k.Flag, err)
		}
		return k.check(k.Flag+"-file: "+*file, text)
	}
	if text, _ := env(k.Variable); text != "" {
		return k.check(k.Variable, text)
	}
	return "", nil
}

// check returns a valid secret, else an error that names its source and does not show it.
func (k Kind) check(source, text string) (string, error) {
	if n := len(text); n < k.Min || n > maxBytes {
		return "", usage.Errorf("%s: must have %d to %d bytes, got %d", source, k.Min, maxBytes, n)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return "", usage.Errorf("%s: must be one line of text", source)
	}
	return text, nil
}

// read returns the content of a file without its last newline. It refuses a file open to other users; the group may read
// it, for a service.
func (k Kind) read(file string) (string, error) {
	info, err := os.Stat(file)
	if problem := (*fs.PathError)(nil); errors.As(err, &problem) {
		err = fmt.Errorf("%s: %w", file, problem.Err)
	}
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular(): // a FIFO might never have a writer
		return "", fmt.Errorf("%s: must be a regular file", file)
	case info.Mode()&0o006 != 0 && runtime.GOOS != "windows":
		return "", fmt.Errorf("%s: must be private, but other users may read or write it (%v): chmod o= %[1]s", file, info.Mode())
	case info.Size() > maxBytes+2: // a newline may be two bytes
		return "", fmt.Errorf("%s: must have %d to %d bytes, got %d", file, k.Min, maxBytes, info.Size())
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+3))
	if err := cmp.Or(err, f.Close()); err != nil {
		return "", err
	}
	line := strings.TrimSuffix(string(text), "\n")
	return strings.TrimPrefix(strings.TrimSuffix(line, "\r"), "\ufeff"), nil // some editors on Windows begin a file with this mark
}
