//go:build !linux

package board

// keepStdin has nothing to do where gpioioctl is not there.
func keepStdin() (restore func() error, err error) {
	return func() error { return nil }, nil
}
