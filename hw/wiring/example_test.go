package wiring_test

import (
	"fmt"
	"strings"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

func Example() {
	kit, err := wiring.New(config.Default(part.Kinds()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(kit.Header(nil)) {
		if strings.Contains(line, "GPIO") {
			fmt.Print(line)
		}
	}
	fmt.Printf("%.1f mA\n", kit.Current())
	// Output:
	//       R2  light blue  GPIO17  (11) 12
	//    IC1.11  blue  GPIO10 MOSI  (19) 20
	// IC1.12 R1  green  GPIO9 MISO  (21) 22
	//  IC1.13  orange  GPIO11 SCLK  (23)(24)  GPIO8 CE0  violet  IC1.10
	// 3.9 mA
}
