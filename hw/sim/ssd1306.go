package sim

import (
	"image"
	"sync"
	"time"
)

// SSD1306 is a Solomon Systech SSD1306 with an OLED panel of 128 x 64 pixels on I2C, wired as in the usual module. Its
// address is 0x3c, or 0x3d with SA0 high. The panel's voltage comes from the charge pump of the chip. The picture is
// upright with segments and COM lines both remapped (A1h, C8h). The model follows the datasheet, revision 1.1: memory,
// addressing, and the commands that turn, shift, invert and darken the picture. Not modelled are scrolling, contrast
// and the wiring of the COM pins: the chip takes their commands, and the picture stays unchanged.
type SSD1306 struct {
	mu  sync.Mutex
	ram [8][128]byte // GDDRAM: pages of 8 rows, lowest bit on top, by SEG line (section 8.7)

	mode                       byte // horizontal, vertical or page addressing
	column, page               byte // of the next byte
	firstColumn, lastColumn    byte // window of horizontal and vertical addressing
	firstPage, lastPage        byte
	pageColumn                 byte // first column in page addressing
	mirrored, upsideDown       bool // relative to the remapped picture
	startLine, offset, lastRow byte
	on, pump, all, inverse     bool

	control, single, data bool // control byte: next to come; for one byte; for the memory
	command               []byte
}

// The addressing modes (section 10.1.3).
const (
	horizontal = iota
	vertical
	paged
)

// NewSSD1306 returns a dark display, as after a reset.
func NewSSD1306() *SSD1306 {
	return &SSD1306{
		mode: paged, lastColumn: 127, lastPage: 7, lastRow: 63, mirrored: true, upsideDown: true,
		command: make([]byte, 0, 8),
	}
}

// Picture returns a copy of the panel's picture: 128 x 64 pixels. Lit pixels are white.
func (d *SSD1306) Picture() *image.Gray {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := image.NewGray(image.Rect(0, 0, 128, 64))
	if !d.on || !d.pump {
		return m
	}
	for y := range 64 {
		line, driven := d.line(y)
		for x := range 128 {
			lit := d.ram[line/8][x]>>(line%8)&1 != 0
			if driven && (d.all || lit != d.inverse) {
				m.Pix[m.PixOffset(x, y)] = 255
			}
		}
	}
	return m
}

// line returns the memory row shown at y, or false if the row is not driven. The COM lines count from below, or from
// above if not remapped; offset and start line shift the row (sections 10.1.6, 10.1.7, 10.1.14 and 10.1.15).
func (d *SSD1306) line(y int) (row int, driven bool) {
	row = 63 - y
	if row > int(d.lastRow) {
		return 0, false
	}
	if !d.upsideDown {
		row = int(d.lastRow) - row
	}
	return (row + int(d.offset) + int(d.startLine)) % 64, true
}

// String implements I2CChip.
func (d *SSD1306) String() string {
	return "ssd1306"
}

// Start implements I2CChip. The rest of an incomplete command may come in the next transaction.
func (d *SSD1306) Start(_ time.Duration, read bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.control = true
}

// Write implements I2CChip: a control byte with Co and D/C, and then the bytes that it announces (section 8.1.5.2).
func (d *SSD1306) Write(b byte) (ack bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.control {
		d.control, d.single, d.data = false, b&0x80 != 0, b&0x40 != 0
		return true
	}
	d.control = d.single
	if d.data {
		d.store(b)
		return true
	}
	d.command = append(d.command, b)
	if len(d.command) > arguments(d.command[0]) {
		d.execute(d.command[0], d.command[1:])
		d.command = d.command[:0]
	}
	return true
}

// Read implements I2CChip: the status. Its bit 6 is set while the display is off (table 9-2).
func (d *SSD1306) Read() byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.on {
		return 0
	}
	return 0x40
}

// store writes 8 pixels and advances the pointer (section 10.1.3).
func (d *SSD1306) store(b byte) {
	x := d.column
	if d.mirrored {
		x = 127 - x // affects later writes only (section 10.1.8)
	}
	d.ram[d.page][x] = b
	switch d.mode {
	case horizontal:
		if next(&d.column, d.firstColumn, d.lastColumn, 127) {
			next(&d.page, d.firstPage, d.lastPage, 7)
		}
	case vertical:
		if next(&d.page, d.firstPage, d.lastPage, 7) {
			next(&d.column, d.firstColumn, d.lastColumn, 127)
		}
	default:
		next(&d.column, d.pageColumn, 127, 127)
	}
}

// next advances a pointer. After the last place it returns to the first and reports true.
func next(p *byte, first, last, mask byte) (around bool) {
	if *p == last {
		*p = first
		return true
	}
	*p = (*p + 1) & mask
	return false
}

// arguments returns the number of bytes after a command (table 9-1; for 8Dh, the application note at the end of the
// datasheet).
func arguments(command byte) int {
	switch command {
	case 0x20, 0x81, 0x8d, 0xa8, 0xd3, 0xd5, 0xd9, 0xda, 0xdb:
		return 1
	case 0x21, 0x22, 0xa3:
		return 2
	case 0x29, 0x2a:
		return 5
	case 0x26, 0x27:
		return 6
	}
	return 0
}

// execute runs a command of table 9-1. The datasheet limits 00h to 1Fh and B0h to B7h to page addressing. The chip
// obeys them in every mode, and periph's driver relies on it.
func (d *SSD1306) execute(command byte, a []byte) {
	switch c := command; {
	case c <= 0x0f:
		d.pageColumn = d.pageColumn&0x70 | c
		d.column = d.pageColumn
	case c <= 0x1f:
		d.pageColumn = d.pageColumn&0x0f | c&0x07<<4
		d.column = d.pageColumn
	case c == 0x20:
		d.mode = min(a[0]&3, paged)
	case c == 0x21:
		d.firstColumn, d.lastColumn = a[0]&0x7f, a[1]&0x7f
		d.column = d.firstColumn
	case c == 0x22:
		d.firstPage, d.lastPage = a[0]&7, a[1]&7
		d.page = d.firstPage
	case c >= 0x40 && c <= 0x7f:
		d.startLine = c & 0x3f
	case c == 0x8d:
		d.pump = a[0]&0x04 != 0
	case c == 0xa0, c == 0xa1:
		d.mirrored = c == 0xa0
	case c == 0xa4, c == 0xa5:
		d.all = c == 0xa5
	case c == 0xa6, c == 0xa7:
		d.inverse = c == 0xa7
	case c == 0xa8:
		if n := a[0] & 0x3f; n >= 15 { // at least 16 rows
			d.lastRow = n
		}
	case c == 0xae, c == 0xaf:
		d.on = c == 0xaf
	case c >= 0xb0 && c <= 0xb7:
		d.page = c & 7
	case c >= 0xc0 && c <= 0xcf:
		d.upsideDown = c&0x08 == 0
	case c == 0xd3:
		d.offset = a[0] & 0x3f
	}
}

var _ I2CChip = &SSD1306{}
