// Package mcp3xxx reads Microchip's MCP3004 and MCP3008, analog-to-digital converters of 4 and 8 channels and
// 10 bits, over SPI.
//
// A channel is an analog.PinADC: read against ground with Single, or against its neighbour with Differential. Every
// Read is one conversion, started and fetched in one transfer of three bytes. The package never filters, averages,
// repeats or caches, and never converts in the background.
//
// # Datasheet
//
// https://ww1.microchip.com/downloads/en/DeviceDoc/21295d.pdf (DS21295D), to which the sections, tables and figures
// in the comments belong.
package mcp3xxx
