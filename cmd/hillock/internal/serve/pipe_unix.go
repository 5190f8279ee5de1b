//go:build unix

package serve

import (
	"errors"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// atOnce writes as many bytes as the system accepts without waiting.
func atOnce(c net.Conn, b []byte) (n int, err error) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return 0, nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Write(func(fd uintptr) bool {
		for {
			if n, err = unix.Write(int(fd), b); err != unix.EINTR {
				return true
			}
		}
	})
	if n = max(n, 0); err == unix.EAGAIN {
		err = nil
	}
	return n, errors.Join(failed, os.NewSyscallError("write", err))
}
