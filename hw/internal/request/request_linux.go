// Package request requests GPIO lines from the kernel's character device, with what periph's gpioioctl leaves out: pulls switched off,
// and edges with their times. Documentation/userspace-api/gpio/gpio-v2-get-line-ioctl.rst has the rules.
package request

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Most is the largest number of lines in one request.
const Most = 64

// Flags of a line: enum gpio_v2_line_flag of the kernel's include/uapi/linux/gpio.h.
const (
	Used     = 1 << 0
	Input    = 1 << 2
	Rising   = 1 << 4
	Falling  = 1 << 5
	PullUp   = 1 << 8
	PullDown = 1 << 9
	PullOff  = 1 << 10
)

// lineRequest is struct gpio_v2_line_request of the same file.
type lineRequest struct {
	offsets    [Most]uint32
	consumer   [32]byte
	flags      uint64
	attributes uint32
	_          [5]uint32
	attribute  [10]attribute
	lines      uint32
	buffer     uint32 // events
	_          [5]uint32
	fd         int32
}

// attribute is struct gpio_v2_line_config_attribute with the flags of some lines.
type attribute struct {
	id, _ uint32
	flags uint64
	mask  uint64 // bits of the lines
}

const (
	ofFlags = 1                                                         // GPIO_V2_LINE_ATTR_ID_FLAGS
	getLine = 3<<30 | unsafe.Sizeof(lineRequest{})<<16 | 0xb4<<8 | 0x07 // GPIO_V2_GET_LINE_IOCTL
	deepest = Most * 16                                                 // events: the kernel's limit
)

// A Line is a line of a chip, with its flags.
type Line struct {
	Offset uint32
	Flags  uint64
}

// Open requests lines of a chip such as /dev/gpiochip0, all or none. The file descriptor is that of the request: to close it releases
// the lines.
func Open(chip string, lines ...Line) (fd int, err error) {
	f, err := os.OpenFile(chip, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	r, err := newRequest(lines)
	if err != nil {
		return -1, errors.Join(err, f.Close())
	}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getLine, uintptr(unsafe.Pointer(r)))
	if err := f.Close(); errno != 0 || err != nil {
		if errno != 0 {
			return -1, errors.Join(os.NewSyscallError("gpio line request", errno), err)
		}
		return -1, errors.Join(err, unix.Close(int(r.fd)))
	}
	return int(r.fd), nil
}

// newRequest returns the request for lines. Lines with the same flags share an attribute.
func newRequest(lines []Line) (*lineRequest, error) {
	if len(lines) == 0 || len(lines) > Most {
		return nil, fmt.Errorf("gpio line request: must have 1 to %d lines, got %d", Most, len(lines))
	}
	r := &lineRequest{flags: lines[0].Flags, lines: uint32(len(lines)), buffer: deepest}
	copy(r.consumer[:], fmt.Sprintf("hillock@%d", os.Getpid())) // as gpioioctl names a program
	for i, l := range lines {
		r.offsets[i] = l.Offset
		if l.Flags == r.flags {
			continue
		}
		k := 0
		for k < int(r.attributes) && r.attribute[k].flags != l.Flags {
			k++
		}
		if k == len(r.attribute) {
			return nil, fmt.Errorf("gpio line request: must have at most %d different flags", len(r.attribute)+1)
		}
		r.attributes = max(r.attributes, uint32(k+1))
		r.attribute[k].id, r.attribute[k].flags = ofFlags, l.Flags
		r.attribute[k].mask |= 1 << i
	}
	return r, nil
}

// lineInfo is struct gpio_v2_line_info of the same file.
type lineInfo struct {
	name, consumer [32]byte
	offset, _      uint32
	flags          uint64
	_              [10*2 + 2]uint64
}

const getInfo = 3<<30 | unsafe.Sizeof(lineInfo{})<<16 | 0xb4<<8 | 0x05 // GPIO_V2_GET_LINEINFO_IOCTL

// Info is the kernel's description of a line. The consumer is the program or the driver with the line, "" for none or an unnamed one.
type Info struct {
	Name, Consumer string
	Flags          uint64
}

// About returns the description of a line of an open chip. It requests no line.
func About(chip *os.File, offset uint32) (Info, error) {
	i := lineInfo{offset: offset}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, chip.Fd(), getInfo, uintptr(unsafe.Pointer(&i))); errno != 0 {
		return Info{}, os.NewSyscallError("gpio line info", errno)
	}
	return Info{text(i.name), text(i.consumer), i.flags}, nil
}

// FirstUsed returns the index of the first line in use and its consumer, or -1.
func FirstUsed(path string, offsets []uint32) (index int, consumer string) {
	chip, err := os.OpenFile(path, os.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, ""
	}
	defer chip.Close()
	for i, offset := range offsets {
		if info, err := About(chip, offset); err == nil && info.Flags&Used != 0 {
			return i, info.Consumer
		}
	}
	return -1, ""
}

func text(b [32]byte) string {
	s, _, _ := bytes.Cut(b[:], []byte{0})
	return string(s)
}
