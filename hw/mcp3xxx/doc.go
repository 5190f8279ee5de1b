// Package mcp3xxx reads Microchip's MCP3xxx over SPI: analog-to-digital converters of 1 to 8 channels and 10, 12 or 13
// bits.
//
// A channel is an analog.PinADC. Single reads it against ground, Differential against its neighbour. Each Read is one
// conversion, started and fetched in one transfer of two or three bytes. The package never filters, averages, repeats
// or caches, and never converts in the background.
//
// # Datasheets
//
// Sections in the comments refer to these datasheets. All are at https://ww1.microchip.com/downloads/en/DeviceDoc/, as
// 21293C.pdf and so on.
//
//	MCP3001        DS21293C   10 bits, 1 channel without DIN
//	MCP3002        DS21294E   10 bits, 2 channels
//	MCP3004/3008   DS21295D   10 bits, 4 and 8 channels
//	MCP3201        DS21290F   12 bits, 1 channel without DIN
//	MCP3202        DS21034D   12 bits, 2 channels
//	MCP3204/3208   DS21298E   12 bits, 4 and 8 channels
//	MCP3301        DS21700E   12 bits and sign, 1 channel without DIN
//	MCP3302/3304   DS21697F   12 bits and sign, 4 and 8 channels
package mcp3xxx
