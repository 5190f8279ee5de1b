package main

import (
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"hillock/cmd/hillock/internal/terminal/terminaltest"
)

// unreads leaves the output of the test binary as the program unread: "manager" makes an unread socket of systemd, "terminal" puts a
// terminal in the place of the three standard files and stops it after two seconds.
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

// unreadSocket keeps the socket open: the garbage collector closes a socket without a variable.
var unreadSocket *net.UnixConn

// deafManager makes an unread socket of systemd.
func deafManager(path string) error {
	if err := os.Setenv("NOTIFY_SOCKET", path); err != nil {
		return err
	}
	var err error
	unreadSocket, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	return err
}

// stoppedTerminal makes the three standard files a terminal, and stops it after two seconds, as Ctrl-S does.
func stoppedTerminal() error {
	end, terminal, err := terminaltest.Open()
	if err != nil {
		return err
	}
	go func() { // read until then
		b := make([]byte, 4096)
		for {
			if _, err := end.Read(b); err != nil {
				return
			}
		}
	}()
	time.AfterFunc(2*time.Second, func() { _ = unix.IoctlSetInt(int(terminal.Fd()), unix.TCXONC, unix.TCOOFF) })
	os.Stdin, os.Stdout, os.Stderr = terminal, terminal, terminal
	return nil
}
