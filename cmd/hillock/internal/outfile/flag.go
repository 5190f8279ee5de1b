package outfile

import "hillock/cmd/hillock/internal/usage"

// FlagData returns a usage error for a file of data at a flag: an unwritable one, one of the command's inputs, or a configuration. "" and
// "-" are no files.
func FlagData(flag, name string, read ...string) error {
	return atFlag(flag, CheckData(name, read...))
}

// FlagTOML is FlagData for a TOML file. flag is "" for an argument.
func FlagTOML(flag, name string, read ...string) error {
	return atFlag(flag, Check(name, read...))
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

// Differ returns a usage error for the same file at two flags. "" is no file.
func Differ(flag, name, otherFlag, other string) error {
	if Same(name, other) {
		return usage.Errorf("--%s: must be another file than --%s, %q, got %q", flag, otherFlag, other, name)
	}
	return nil
}
