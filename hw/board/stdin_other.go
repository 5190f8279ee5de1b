//go:build !linux

package board

// keepStdin does nothing: gpioioctl exists on Linux only.
func keepStdin() (restore func() error, err error) {
	return func() error { return nil }, nil
}
