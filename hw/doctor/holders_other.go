//go:build !linux

package doctor

import "errors"

func holders(string) (gpioChip, error) {
	return gpioChip{}, errors.ErrUnsupported // there are no chips here
}
