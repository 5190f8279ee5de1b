package swarm

import (
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/secret"
	"hillock/cmd/hillock/internal/usage"
)

// Limits of a load.
const (
	maxBoards  = 20_000
	maxNeurons = 1000
	maxRate    = 1000 // Hz
	maxReaders = 100
	minBatch   = time.Millisecond
	maxBatch   = 10 * time.Second
	maxSpikes  = class.MaxSpikes // of a batch
)

// check returns a usage error for a bad value.
func (l *Load) check() error {
	address, err := url.Parse(l.Broker)
	switch {
	case err != nil || address.Host == "" || !slices.Contains([]string{"mqtt", "mqtts", "ws", "wss"}, address.Scheme):
		return usage.Errorf("--broker: must be an address such as mqtt://127.0.0.1:1883, with mqtt, mqtts, ws or wss, got %q", redacted(l.Broker))
	case address.User != nil:
		return usage.Errorf("--broker: must have no user and no password: use --class and --code-file, got %q", redacted(l.Broker))
	}
	if err := class.CheckName(l.Class); err != nil {
		return usage.Errorf("--class: %w", err)
	}
	for _, n := range []struct {
		flag           string
		got, low, high int
	}{{"boards", l.Boards, 1, maxBoards}, {"neurons", l.Neurons, 0, maxNeurons}, {"readers", l.Readers, 1, maxReaders}} {
		if n.got < n.low || n.got > n.high {
			return usage.Errorf("--%s: must be between %d and %d, got %d", n.flag, n.low, n.high, n.got)
		}
	}
	switch {
	case !(l.Rate >= 0 && l.Rate <= maxRate):
		return usage.Errorf("--rate: must be between 0 and %d Hz, got %s", maxRate, strconv.FormatFloat(l.Rate, 'g', -1, 64))
	case l.Batch < minBatch || l.Batch > maxBatch || l.Batch%stepLength != 0:
		return usage.Errorf("--batch: must be between 1 ms and 10 s, in whole steps of %g ms, got %s", stepMs, milliseconds(l.Batch))
	case l.Duration < l.Batch:
		return usage.Errorf("--duration: must be at least one batch, %s, got %s", milliseconds(l.Batch), milliseconds(l.Duration))
	case l.Duration > 24*time.Hour:
		return usage.Errorf("--duration: must be at most 24 h, got %s", milliseconds(l.Duration))
	case float64(l.Neurons)*(l.Rate*l.Batch.Seconds()+1) > maxSpikes:
		return usage.Errorf("--batch: must have at most %d spikes, got up to %.0f: use fewer neurons, a lower rate or shorter batches", maxSpikes, float64(l.Neurons)*(l.Rate*l.Batch.Seconds()+1))
	case l.Process < 0:
		return usage.Errorf("--cpu-of: must be the ID of a process, got %d", l.Process)
	case l.Process > 0:
		if _, _, err := consumed(l.Process); err != nil {
			return usage.Errorf("--cpu-of: must be a process of this machine with files in /proc (Linux), got %d", l.Process)
		}
	}
	return nil
}

// redacted returns an address without its user and password.
func redacted(address string) string {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return address
	}
	scheme, _, ok := strings.Cut(address, "://")
	if !ok {
		return "..." + address[at:]
	}
	return scheme + "://..." + address[at:]
}

// ReadCode returns the join code in a private file, "" for no file.
func ReadCode(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	return secret.Kind{Flag: "--code", Min: 1}.Given(nil, &file, os.LookupEnv)
}
