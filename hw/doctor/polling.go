package doctor

import (
	"fmt"
	"strconv"

	"hillock/config"
)

// Clocked is the part of an input on SPI.
type Clocked interface {
	// Reading returns the bytes of a reading, the clock, and the clock of the driver's choice, both in Hz.
	Reading() (bytes int, clock, usual int64)
}

// polling finds readings with a wait for an interrupt, once per chip. Other drivers than spi-bcm2835 have no such limit.
//
// The driver polls a transfer of less than byte_limit bytes, and else sleeps until an interrupt: byte_limit is the clock over
// 9 MHz / polling_limit_us, both divisions in whole numbers (bcm2835_spi_transfer_one in drivers/spi/spi-bcm2835.c). With the
// usual 30 us, 3 bytes need a clock of 1.2 MHz.
func (h Host) polling(cfg *config.Config) (found []Finding) {
	const file = "/sys/module/spi_bcm2835/parameters/polling_limit_us"
	limit, err := strconv.ParseInt(h.read(file), 10, 32)
	if err != nil {
		return nil
	}
	for _, inputs := range together(cfg.Inputs) {
		part, ok := inputs[0].Part.(Clocked)
		if !ok {
			continue
		}
		bytes, clock, usual := part.Reading()
		if polled(bytes, clock, limit) {
			continue
		}
		enough := limit/10*10 + 10
		for enough < 1000 && !polled(bytes, clock*9/10, enough) { // the clock of the bus may be a little lower
			enough += 10
		}
		port, _ := config.Place(inputs[0].Part)
		f := Finding{Check: port, Result: Warning, Seen: fmt.Sprintf("a reading of %d bytes at %s waits for an interrupt (polling_limit_us is %d)", bytes, config.FormatFrequency(clock), limit),
			Means: "the kernel's driver polls faster or shorter transfers only: each reading takes longer than necessary",
			Do: fmt.Sprintf("run 'echo %d | sudo tee %s'; to keep it, run 'echo options spi_bcm2835 polling_limit_us=%[1]d | sudo tee /etc/modprobe.d/hillock-spi.conf'",
				enough, file)}
		if polled(bytes, usual, limit) {
			f.Do = fmt.Sprintf("remove clock from input.%s: without it the clock is %s", inputs[0].Name, config.FormatFrequency(usual))
		}
		found = append(found, f)
	}
	return found
}

// polled reports whether the driver polls a transfer at a clock, in Hz, with a limit in us.
func polled(bytes int, clock, limit int64) bool {
	if limit <= 0 {
		return false
	}
	perByte := 9_000_000 / limit
	return perByte == 0 || int64(bytes) < clock/perByte
}
