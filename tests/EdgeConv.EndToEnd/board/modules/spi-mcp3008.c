// SPDX-License-Identifier: GPL-2.0
// An SPI bus with an MCP3008 at its chip select 0: a start bit, a byte that names the input, and the ten bits of the
// writable parameter `steps` for that input (Microchip DS21295D, section 6.1).
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/spi/spi.h>

static unsigned short steps[8];
module_param_array(steps, ushort, NULL, 0644);
MODULE_PARM_DESC(steps, "what the eight inputs measure, 0 to 1023");

static struct platform_device *parent;
static struct spi_controller *controller;

static int transfer_one(struct spi_controller *bus, struct spi_device *device, struct spi_transfer *transfer)
{
	const u8 *out = transfer->tx_buf;
	u8 *in = transfer->rx_buf;
	u16 value;

	if (!out || !in || transfer->len != 3 || out[0] != 1)
		return -EINVAL;
	value = steps[(out[1] >> 4) & 7] & 0x3ff;
	in[0] = 0;
	in[1] = value >> 8;
	in[2] = value;
	return 0;
}

static int __init start(void)
{
	/* spidev serves no device of its own name, but this one's. */
	struct spi_board_info chip = { .modalias = "dh2228fv", .max_speed_hz = 3600000 };
	int status = -ENOMEM;

	parent = platform_device_register_simple("spi-mcp3008", -1, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	controller = spi_alloc_master(&parent->dev, 0);
	if (!controller)
		goto no_controller;
	controller->bus_num = 0;
	controller->num_chipselect = 1;
	controller->transfer_one = transfer_one;
	status = spi_register_controller(controller);
	if (status)
		goto unregistered;
	if (spi_new_device(controller, &chip))
		return 0;
	spi_unregister_controller(controller);
	platform_device_unregister(parent);
	return -ENODEV;

unregistered:
	spi_controller_put(controller);
no_controller:
	platform_device_unregister(parent);
	return status;
}

static void __exit stop(void)
{
	spi_unregister_controller(controller);
	platform_device_unregister(parent);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("an MCP3008 on a bus of its own, for tests");
