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

// Constants of the same file.
const (
	flagUsed    = 1 << 0
	getLineInfo = 3<<30 | unsafe.Sizeof(lineInfo{})<<16 | 0xb4<<8 | 0x05 // GPIO_V2_GET_LINEINFO_IOCTL
)

// holders returns the holder of each line of a GPIO chip by the line's name, "" for a free line. It requests no line.
func holders(chip string) (map[string]string, error) {
	f, err := os.OpenFile(chip, os.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all := map[string]string{}
	for n := uint32(0); ; n++ {
		info := lineInfo{offset: n}
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getLineInfo, uintptr(unsafe.Pointer(&info)))
		switch {
		case errno == unix.EINVAL && n > 0: // past the last
			return all, nil
		case errno != 0:
			return nil, fmt.Errorf("%s: %w", chip, os.NewSyscallError("gpio line info", errno))
		}
		by := text(info.consumer)
		if info.flags&flagUsed == 0 {
			by = ""
		} else if by == "" {
			by = theKernel
		}
		all[text(info.name)] = by
	}
}

func text(b [32]byte) string {
	s, _, _ := bytes.Cut(b[:], []byte{0})
	return string(s)
}
