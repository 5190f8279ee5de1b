//go:build !linux

package bias

import "errors"

func unpull(string, uint32) (release func() error, err error) {
	return nil, errors.ErrUnsupported // gpioioctl has no chips here
}
