package doctor

import (
	"os"
	"testing"

	"hillock/hw/clock"
)

// The tests of faults are in package doctor_test, because they import hw/part. These functions let them make a machine.

// MadeHost returns a machine with these files.
func MadeHost(t *testing.T, uid int, groups []string, files map[string]os.FileMode) Host {
	t.Helper()
	return host(t, uid, groups, files)
}

// Write writes a file of a machine.
func Write(t *testing.T, h Host, name, text string) {
	t.Helper()
	write(t, h, name, text)
}

func (h *Host) SetOutput(f func(program string, args ...string) string) { h.output = f }

// SetHolders sets the holders of lines by their names.
func (h *Host) SetHolders(all map[string]string) {
	h.holders = func(string) (gpioChip, error) { return named(all), nil }
}

func (h *Host) SetTry(f func(clock.Options) (clock.Grant, error)) { h.try = f }
