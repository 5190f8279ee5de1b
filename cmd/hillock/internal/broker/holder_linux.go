package broker

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// holder returns the holder of a listening TCP port: "mosquitto (process 612)" for a process of this user, "a program of user
// mosquitto" for another, "" when unknown.
func holder(port string) string {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return ""
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line) // proc_net_tcp.rst: 1 local address, 3 state (0A: listening), 7 uid, 9 inode
			if len(f) < 10 || f[3] != "0A" || !strings.HasSuffix(f[1], fmt.Sprintf(":%04X", n)) {
				continue
			}
			if by := process(f[9]); by != "" {
				return by
			}
			if u, err := user.LookupId(f[7]); err == nil {
				return "a program of user " + u.Username
			}
		}
	}
	return ""
}

// process returns the process with a socket, "" for one of another user.
func process(inode string) string {
	files, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return ""
	}
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil && to == "socket:["+inode+"]" {
			dir := filepath.Dir(filepath.Dir(file))
			name, err := os.ReadFile(filepath.Join(dir, "comm"))
			if err != nil {
				return ""
			}
			return fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), filepath.Base(dir))
		}
	}
	return ""
}
