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

func (h *Host) SetOutput(f func(program string, args ...string) string) { h.output = f }

func (h *Host) SetHolders(f func(gpiochip string) (map[string]string, error)) { h.holders = f }

func (h *Host) SetTry(f func(clock.Options) (clock.Grant, error)) { h.try = f }
