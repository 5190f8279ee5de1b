// Package sim is a virtual Raspberry Pi below periph.io's registries: pins, SPI ports and an I2C bus that a program
// finds by name as on the board, chips that answer the bytes that the real ones would, and an outside that a test can
// turn, press, watch and break.
//
// A program that takes its pins from gpioreg, its ports from spireg and its bus from i2creg runs on it unchanged;
// Register takes the place of host.Init. OpenPin, OpenSPI and OpenI2C do without the registries, of which a process has
// one set: a process may have many virtual Pis. The package never touches hardware, never starts before Register or a
// direct call, and never invents a level: what it does not model it refuses with an error, or says so here.
//
// # Pins
//
// GPIO0 to GPIO27, after power-up inputs with the pulls of a BCM283x. What the program puts out is recorded with its
// time; Drive and Release are the button, Wire a circuit that has time in it, as an RC, SetFault is the line that
// somebody else holds. There is no PWM.
//
// # Ports
//
// SPI0.0, SPI0.1 and SPI1.0 to SPI1.2. A transfer is clocked edge by edge according to its mode, so that a wrong mode,
// a frame that is one bit off or a missing chip select show what they show on the bench. Not modelled are words of
// other than 8 bits, 3-wire, the time that the bits take, and levels of a bus's pins. SPI1 shares GPIO16 to GPIO21
// with everything else, its second chip select is GPIO17: as on a Pi, use a pin for one thing.
//
// # I2C
//
// I2C1, with chips at addresses. A transaction goes byte by byte, and nobody acknowledges an address without a chip. Not
// modelled are the time that the bits take, clock stretching, and levels of the bus's pins.
//
// # Chips
//
// NewMCP3xxx, and for short NewMCP3008 and NewMCP3004, are analog-to-digital converters with a Knob on each input.
// Anything else with the four wires of SPI is a Chip.
//
// On I2C there are NewADS1115, a converter of 16 bits with knobs too, and NewSSD1306, a display whose Picture can be
// seen. Anything else is an I2CChip.
//
// # Time
//
// A Pi lives in a Clock: the wall clock, a clock of the test's own, or in a testing/synctest bubble the bubble's time. A
// LateClock is a virtual one from which sleepers wake late.
package sim
