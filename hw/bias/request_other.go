//go:build !linux

package bias

import "errors"

func request(string, uint32) (release func() error, err error) {
	return nil, errors.ErrUnsupported // gpioioctl has no chips here
}
