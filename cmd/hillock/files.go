package main

import (
	"fmt"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
)

// canWrite returns a usage error for an unwritable file, or for one of the command's inputs. "" and "-" are no files. flag is the
// flag of a file of data, "" for a configuration as an argument.
func canWrite(flag, name string, read ...string) error {
	err := outfile.Check(name, read...)
	if flag != "" {
		if err = outfile.CheckData(name, read...); err != nil {
			err = fmt.Errorf("--%s: %w", flag, err)
		}
	}
	if err != nil {
		return usage.Error{Err: err}
	}
	return nil
}

// differ returns a usage error for the same file at two flags. "" is no file.
func differ(flag, name, otherFlag, other string) error {
	if outfile.Same(name, other) {
		return usage.Errorf("--%s: must be another file than --%s, %q, got %q", flag, otherFlag, other, name)
	}
	return nil
}
