//go:build !unix

package web

import "net"

// atOnce leaves all to those who may wait.
func atOnce(net.Conn, []byte) (int, error) { return 0, nil }
