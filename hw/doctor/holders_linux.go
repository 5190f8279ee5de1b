package doctor

import (
	"bytes"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lineInfo is struct gpio_v2_line_info in the kernel's include/uapi/linux/gpio.h.
type lineInfo struct {
	name, consumer [32]byte
	offset, _      uint32
	flags          uint64
	_              [10*2 + 2]uint64
}

// chipInfo is struct gpiochip_info of the same file.
type chipInfo struct {
	name, label [32]byte
	lines       uint32
}

// Constants of the same file.
const (
	flagUsed    = 1 << 0
	getChipInfo = 2<<30 | unsafe.Sizeof(chipInfo{})<<16 | 0xb4<<8 | 0x01 // GPIO_GET_CHIPINFO_IOCTL
	getLineInfo = 3<<30 | unsafe.Sizeof(lineInfo{})<<16 | 0xb4<<8 | 0x05 // GPIO_V2_GET_LINEINFO_IOCTL
)

// holders returns a GPIO chip with the holders of its lines. It requests no line.
func holders(chip string) (c gpioChip, err error) {
	f, err := os.OpenFile(chip, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return c, err
	}
	defer f.Close()
	var about chipInfo
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getChipInfo, uintptr(unsafe.Pointer(&about))); errno != 0 {
		return c, fmt.Errorf("%s: %w", chip, os.NewSyscallError("gpio chip info", errno))
	}
	c.label = text(about.label)
	for n := range about.lines {
		info := lineInfo{offset: n}
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getLineInfo, uintptr(unsafe.Pointer(&info))); errno != 0 {
			return c, fmt.Errorf("%s: %w", chip, os.NewSyscallError("gpio line info", errno))
		}
		by := text(info.consumer)
		if info.flags&flagUsed == 0 {
			by = ""
		} else if by == "" {
			by = theKernel
		}
		c.lines = append(c.lines, gpioLine{text(info.name), by})
	}
	return c, nil
}

func text(b [32]byte) string {
	s, _, _ := bytes.Cut(b[:], []byte{0})
	return string(s)
}
