//go:build !linux

package doctor

import "errors"

func holders(string) (map[string]string, error) {
	return nil, errors.ErrUnsupported // there are no chips here
}
