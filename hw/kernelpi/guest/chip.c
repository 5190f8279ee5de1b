// SPDX-License-Identifier: GPL-2.0
/* chip: gives the device at CS0 of bus 0 to another driver of the kernel, while it is loaded.
 *
 * insmod chip.ko name=mcp3008 takes /dev/spidev0.0 away and binds mcp320x; rmmod chip puts spidev back. The chip of
 * vpi.c stays the same. Sysfs alone cannot do that: mcp320x looks for the name of the device in its own table.
 */
#include <linux/module.h>
#include <linux/spi/spi.h>

static char *name = "mcp3008";
module_param(name, charp, 0444);

static struct spi_device *spi;
static char before[SPI_NAME_SIZE];

static int bind(const char *to)
{
	device_release_driver(&spi->dev);
	strscpy(spi->modalias, to, sizeof(spi->modalias));
	return device_attach(&spi->dev);	/* 1: bound, 0: no driver */
}

static void restore(void)
{
	if (bind(before) != 1)
		pr_err("chip: %s got no driver\n", before);
	put_device(&spi->dev);
}

static int __init chip_init(void)
{
	struct device *dev = bus_find_device_by_name(&spi_bus_type, NULL, "spi0.0");

	if (!dev)
		return -ENODEV;
	spi = to_spi_device(dev);
	strscpy(before, spi->modalias, sizeof(before));
	if (bind(name) == 1)
		return 0;
	restore();
	return -ENODEV;
}

static void __exit chip_exit(void)
{
	restore();
}
module_init(chip_init);
module_exit(chip_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("another driver for the SPI device of vpi");
