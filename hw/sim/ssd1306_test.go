package sim_test

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"hillock/hw/sim"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/devices/v3/ssd1306"
	"periph.io/x/devices/v3/ssd1306/image1bit"
)

// oled returns a display at 0x3c and its bus.
func oled(t testing.TB) (*sim.SSD1306, i2c.Bus) {
	t.Helper()
	pi, d := sim.New(nil), sim.NewSSD1306()
	pi.I2C(1).Plug(0x3c, d)
	return d, openI2C(t, pi)
}

// random returns a picture of W x 64 pixels in black and white.
func random(seed uint64, w int) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 0))
	m := image.NewGray(image.Rect(0, 0, w, 64))
	for i := range m.Pix {
		m.Pix[i] = byte(rng.IntN(2) * 255)
	}
	return m
}

// mapped returns the picture m with its pixels moved by from, and black beyond m.
func mapped(m *image.Gray, from func(x, y int) (int, int)) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, 128, 64))
	for y := range 64 {
		for x := range 128 {
			out.SetGray(x, y, m.GrayAt(from(x, y)))
		}
	}
	return out
}

func same(x, y int) (int, int) { return x, y }

func show(t *testing.T, name string, d *sim.SSD1306, want *image.Gray) {
	t.Helper()
	got := d.Picture()
	if got.Rect != want.Rect || got.Stride != want.Stride {
		t.Fatalf("%s: got a picture of %s, want %s", name, got.Rect, want.Rect)
	}
	for i, v := range got.Pix { // go-cmp is slow here
		if v != want.Pix[i] {
			t.Fatalf("%s: got %d at column %d, line %d, want %d", name, v, i%128, i/128, want.Pix[i])
		}
	}
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The panel shows the drawings of periph's driver: whole pictures, parts, inverted, shifted, dark.
func TestSSD1306ShowsWhatIsDrawn(t *testing.T) {
	t.Parallel()
	d, b := oled(t)
	show(t, "after a reset", d, image.NewGray(image.Rect(0, 0, 128, 64)))
	dev, err := ssd1306.NewI2C(b, &ssd1306.DefaultOpts)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		m := random(seed, 128)
		do(t, dev.Draw(dev.Bounds(), m, image.Point{}))
		show(t, "a picture", d, m)

		// A dot and a box: the driver sends the changed part only.
		at := image.Pt(int(seed*37%128), int(seed*23%64))
		m.SetGray(at.X, at.Y, color.Gray{Y: 255 - m.GrayAt(at.X, at.Y).Y})
		do(t, dev.Draw(dev.Bounds(), m, image.Point{}))
		show(t, "a dot", d, m)
		box := image.Rectangle{at, at.Add(image.Pt(30, 20))}
		draw.Draw(m, box, image.White, image.Point{}, draw.Src)
		do(t, dev.Draw(box, image.White, image.Point{}))
		show(t, "a box", d, m)
	}
	m := image1bit.NewVerticalLSB(dev.Bounds())
	want := random(99, 128)
	draw.Draw(m, m.Bounds(), want, image.Point{}, draw.Src)
	_, err = dev.Write(m.Pix)
	do(t, err)
	show(t, "written", d, want)

	do(t, dev.Invert(true))
	inverse := image.NewGray(want.Rect)
	for i, v := range want.Pix {
		inverse.Pix[i] = 255 - v
	}
	show(t, "inverted", d, inverse)
	do(t, dev.Invert(false))
	do(t, dev.SetDisplayStartLine(10))
	show(t, "line 10 on top", d, mapped(want, func(x, y int) (int, int) { return x, (y + 10) % 64 }))
	do(t, dev.SetDisplayStartLine(0))
	do(t, dev.SetContrast(3))
	do(t, dev.Scroll(ssd1306.Left, ssd1306.FrameRate25, 0, -1))
	do(t, dev.StopScroll())
	show(t, "what is not modelled", d, want)

	r := make([]byte, 1)
	do(t, b.Tx(0x3c, nil, r))
	if r[0] != 0 {
		t.Errorf("on: got status %#02x, want 0", r[0])
	}
	do(t, dev.Halt())
	show(t, "halted", d, image.NewGray(want.Rect))
	do(t, b.Tx(0x3c, nil, r))
	if r[0] != 0x40 {
		t.Errorf("off: got status %#02x, want 0x40", r[0])
	}
}

func TestSSD1306TurnsThePicture(t *testing.T) {
	t.Parallel()
	mirrored := func(x, y int) (int, int) { return 127 - x, y }
	for _, tt := range []struct {
		name string
		opts ssd1306.Opts
		from func(x, y int) (int, int)
	}{
		{"upright", ssd1306.Opts{W: 128, H: 64}, same},
		{"mirrored", ssd1306.Opts{W: 128, H: 64, MirrorHorizontal: true}, mirrored},
		{"upside down", ssd1306.Opts{W: 128, H: 64, MirrorVertical: true}, func(x, y int) (int, int) { return x, 63 - y }},
		{"turned", ssd1306.Opts{W: 128, H: 64, MirrorHorizontal: true, MirrorVertical: true}, func(x, y int) (int, int) { return 127 - x, 63 - y }},
		{"narrow", ssd1306.Opts{W: 64, H: 64}, same},
		// With 32 rows, the chip drives the lower half of this panel.
		{"low", ssd1306.Opts{W: 128, H: 32}, func(x, y int) (int, int) { return x, y - 32 }},
	} {
		d, b := oled(t)
		dev, err := ssd1306.NewI2C(b, &tt.opts)
		if err != nil {
			t.Fatal(err)
		}
		m := random(1, tt.opts.W)
		m = m.SubImage(dev.Bounds()).(*image.Gray)
		do(t, dev.Draw(dev.Bounds(), m, image.Point{}))
		show(t, tt.name, d, mapped(m, tt.from))
	}
}

// The three addressing modes with windows (section 10.1.3), byte by byte. A byte is 8 pixels from top to bottom.
func TestSSD1306Addressing(t *testing.T) {
	t.Parallel()
	ready := []byte{0x00, 0xa1, 0xc8, 0x8d, 0x14, 0xaf}
	for _, tt := range []struct {
		name     string
		commands []byte
		data     int            // number of bytes ff written
		want     [8]image.Point // lit columns of each page, from X to before Y
	}{
		{"page, at first", nil, 3, [8]image.Point{0: {0, 3}}},
		{"page, from column 57 of page 2", []byte{0xb2, 0x09, 0x13}, 3, [8]image.Point{2: {57, 60}}},
		{"page, round", []byte{0xb2, 0x0e, 0x17}, 4, [8]image.Point{2: {126, 128}}},
		{"horizontal, a window", []byte{0x20, 0, 0x21, 10, 12, 0x22, 6, 7}, 6, [8]image.Point{6: {10, 13}, 7: {10, 13}}},
		{"horizontal, a part of it", []byte{0x20, 0, 0x21, 10, 12, 0x22, 6, 7}, 4, [8]image.Point{6: {10, 13}, 7: {10, 11}}},
		{"horizontal, round", []byte{0x20, 0, 0x21, 10, 12, 0x22, 7, 7}, 400, [8]image.Point{7: {10, 13}}},
		{"vertical, a window", []byte{0x20, 1, 0x21, 10, 12, 0x22, 5, 7}, 9, [8]image.Point{5: {10, 13}, 6: {10, 13}, 7: {10, 13}}},
		{"vertical, a part of it", []byte{0x20, 1, 0x21, 10, 12, 0x22, 5, 7}, 4, [8]image.Point{5: {10, 12}, 6: {10, 11}, 7: {10, 11}}},
		{"all lit", []byte{0xa5}, 0, [8]image.Point{{0, 128}, {0, 128}, {0, 128}, {0, 128}, {0, 128}, {0, 128}, {0, 128}, {0, 128}}},
		{"without the charge pump", []byte{0x8d, 0x10, 0xa5}, 0, [8]image.Point{}},
		{"moved by an offset", []byte{0xd3, 8}, 3, [8]image.Point{7: {0, 3}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := image.NewGray(image.Rect(0, 0, 128, 64))
			for page, columns := range tt.want {
				r := image.Rect(columns.X, 8*page, columns.Y, 8*page+8)
				draw.Draw(want, r, image.White, image.Point{}, draw.Src)
			}
			data := []byte{0x40}
			for range tt.data {
				data = append(data, 0xff)
			}
			d, b := oled(t)
			do(t, b.Tx(0x3c, append(ready, tt.commands...), nil))
			do(t, b.Tx(0x3c, data, nil))
			show(t, "at once", d, want)

			// Each byte has its own control byte, and each command byte its own transaction.
			d, b = oled(t)
			for _, c := range append(ready[1:], tt.commands...) {
				do(t, b.Tx(0x3c, []byte{0x80, c}, nil))
			}
			one := []byte{}
			for range tt.data {
				one = append(one, 0xc0, 0xff)
			}
			do(t, b.Tx(0x3c, one, nil))
			show(t, "byte by byte", d, want)
		})
	}
}

// After any bytes the panel has a picture, and a new driver draws its own.
func FuzzSSD1306(f *testing.F) {
	f.Add([]byte{0x00, 0x21, 5, 2, 0x22, 7, 1, 0x20, 1}, []byte{0x40, 1, 2, 3})
	f.Add([]byte{0x80, 0x29, 0xc0, 1, 0x00, 0x26}, []byte{0x00, 0xa8, 3, 0xd3, 0xff, 0xaf})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if len(first)+len(second) > 2048 {
			return
		}
		d, b := oled(t)
		for _, w := range [][]byte{first, second, {0x00, 0, 0, 0, 0, 0, 0}} { // completes any command
			do(t, b.Tx(0x3c, w, nil))
			d.Picture()
		}
		dev, err := ssd1306.NewI2C(b, &ssd1306.DefaultOpts)
		if err != nil {
			t.Fatal(err)
		}
		pix, want := make([]byte, 1024), image.NewGray(dev.Bounds())
		for i := range pix {
			pix[i] = byte(i * 37)
			for bit := range 8 {
				want.Pix[(i/128*8+bit)*128+i%128] = 255 * (pix[i] >> bit & 1)
			}
		}
		_, err = dev.Write(pix)
		do(t, err)
		show(t, "after it", d, want)
	})
}
