package bias

import (
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lineRequest is struct gpio_v2_line_request of the kernel's include/uapi/linux/gpio.h.
type lineRequest struct {
	offsets    [64]uint32
	consumer   [32]byte
	flags      uint64
	attributes uint32 // number of attributes: none here, so the next fields are blank
	_          [5]uint32
	_          [10 * 3]uint64
	lines      uint32
	buffer     uint32
	_          [5]uint32
	fd         int32
}

// Constants of the same file.
const (
	flagInput        = 1 << 2
	flagBiasDisabled = 1 << 10
	getLine          = 3<<30 | unsafe.Sizeof(lineRequest{})<<16 | 0xb4<<8 | 0x07 // GPIO_V2_GET_LINE_IOCTL
)

// request requests a line of a chip as an input without pull, until release.
func request(chip string, line uint32) (release func() error, err error) {
	f, err := os.OpenFile(chip, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	r := lineRequest{flags: flagInput | flagBiasDisabled, lines: 1}
	r.offsets[0] = line
	copy(r.consumer[:], "hillock")
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getLine, uintptr(unsafe.Pointer(&r)))
	if err := f.Close(); errno != 0 || err != nil {
		if errno != 0 {
			err = errors.Join(os.NewSyscallError("gpio line request", errno), err)
		}
		return nil, err
	}
	return func() error { return unix.Close(int(r.fd)) }, nil
}
