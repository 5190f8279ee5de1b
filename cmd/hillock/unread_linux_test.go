package main

import (
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// unreads makes what the program writes, in the guise of the test binary, go where nobody reads it: "manager" makes a socket
// of systemd's, "terminal" a terminal that is stopped after two seconds, in the place of all three standard files.
const unreads = "HILLOCK_TEST_UNREAD"

func unread() {
	var err error
	switch os.Getenv(unreads) {
	case "manager":
		err = deafManager("/tmp/notify")
	case "terminal":
		err = stoppedTerminal()
	}
	if err != nil {
		panic(err)
	}
}

// deafManager makes a socket of systemd's that nobody reads.
func deafManager(path string) error {
	if err := os.Setenv("NOTIFY_SOCKET", path); err != nil {
		return err
	}
	_, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	return err
}

// stoppedTerminal makes the three standard files a terminal that is stopped, as by Ctrl-S, after two seconds.
func stoppedTerminal() error {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return err
	}
	terminal, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	go func() { // until then it is read
		b := make([]byte, 4096)
		for {
			if _, err := master.Read(b); err != nil {
				return
			}
		}
	}()
	time.AfterFunc(2*time.Second, func() { _ = unix.IoctlSetInt(int(terminal.Fd()), unix.TCXONC, unix.TCOOFF) })
	os.Stdin, os.Stdout, os.Stderr = terminal, terminal, terminal
	return nil
}
