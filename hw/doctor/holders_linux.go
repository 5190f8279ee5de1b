package doctor

import (
	"bytes"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"hillock/hw/internal/request"
)

// chipInfo is struct gpiochip_info in the kernel's include/uapi/linux/gpio.h.
type chipInfo struct {
	name, label [32]byte
	lines       uint32
}

const getChipInfo = 2<<30 | unsafe.Sizeof(chipInfo{})<<16 | 0xb4<<8 | 0x01 // GPIO_GET_CHIPINFO_IOCTL

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
		info, err := request.About(f, n)
		if err != nil {
			return c, fmt.Errorf("%s: %w", chip, err)
		}
		by := info.Consumer
		if info.Flags&request.Used == 0 {
			by = ""
		} else if by == "" {
			by = theKernel
		}
		c.lines = append(c.lines, gpioLine{info.Name, by})
	}
	return c, nil
}

func text(b [32]byte) string {
	s, _, _ := bytes.Cut(b[:], []byte{0})
	return string(s)
}
