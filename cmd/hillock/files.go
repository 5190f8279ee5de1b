package main

import (
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/usage"
)

// canWrite returns a usage error for a file of data at a flag: an unwritable one, one of the command's inputs, or a configuration. "" and
// "-" are no files.
func canWrite(flag, name string, read ...string) error {
	return atFlag(flag, outfile.CheckData(name, read...))
}

// canWriteTOML is canWrite for a TOML file. flag is "" for an argument.
func canWriteTOML(flag, name string, read ...string) error {
	return atFlag(flag, outfile.Check(name, read...))
}

func atFlag(flag string, err error) error {
	switch {
	case err == nil:
		return nil
	case flag == "":
		return usage.Error{Err: err}
	}
	return usage.Errorf("--%s: %w", flag, err)
}

// differ returns a usage error for the same file at two flags. "" is no file.
func differ(flag, name, otherFlag, other string) error {
	if outfile.Same(name, other) {
		return usage.Errorf("--%s: must be another file than --%s, %q, got %q", flag, otherFlag, other, name)
	}
	return nil
}
