package example

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Instead returns an error of reading file, with the way out for a missing or an empty file: the file of this name with its
// ending, or the example of this name.
func Instead(file string, err error) error {
	cause := err
	var missing *fs.PathError
	switch info, statErr := os.Stat(file); {
	case err == nil || file == "":
		return err
	case statErr == nil && info.Mode().IsRegular() && info.Size() == 0:
	case errors.Is(err, fs.ErrNotExist) && errors.As(err, &missing):
		cause = missing // without its way out
		if info, err := os.Stat(file + extension); err == nil && info.Mode().IsRegular() {
			return fmt.Errorf("%w: did you mean %s?", cause, file+extension)
		}
	default:
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), extension)
	if !slices.ContainsFunc(All(), func(e Example) bool { return e.Name == name }) {
		return err
	}
	return fmt.Errorf("%w: write it with 'hillock example %s > %s'", cause, name, strings.TrimSuffix(file, extension)+extension)
}
