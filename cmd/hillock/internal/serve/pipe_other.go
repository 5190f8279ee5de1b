//go:build !unix

package serve

import "net"

// atOnce writes nothing: the caller queues all bytes.
func atOnce(net.Conn, []byte) (int, error) { return 0, nil }
