// SPDX-License-Identifier: GPL-2.0
// An I2C adapter whose chips are files of 256 byte registers: the first byte of a write selects one, what follows is
// stored from there on, and reads go on from there. i2c-stub refuses such plain transfers. An address that the writable
// parameter `chips` does not list does not acknowledge.
#include <linux/i2c.h>
#include <linux/module.h>

static unsigned short chips[16];
static int chip_count;
module_param_array(chips, ushort, &chip_count, 0644);
MODULE_PARM_DESC(chips, "addresses that acknowledge: 0x44,0x76");

static u8 registers[128][256], selected[128];

static bool acknowledges(u16 address)
{
	int i;

	for (i = 0; i < chip_count; i++)
		if (chips[i] == address)
			return true;
	return false;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int i, j;

	for (i = 0; i < count; i++) {
		struct i2c_msg *m = &messages[i];
		u8 a = m->addr & 0x7f;

		if (!acknowledges(a))
			return -ENXIO;
		for (j = 0; j < m->len; j++) {
			if (m->flags & I2C_M_RD)
				m->buf[j] = registers[a][selected[a]++];
			else if (j == 0)
				selected[a] = m->buf[0];
			else
				registers[a][selected[a]++] = m->buf[j];
		}
	}
	return count;
}

static u32 functions(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | (I2C_FUNC_SMBUS_EMUL & ~I2C_FUNC_SMBUS_QUICK);
}

static const struct i2c_algorithm algorithm = { .master_xfer = transfer, .functionality = functions };

static struct i2c_adapter adapter = { .owner = THIS_MODULE, .name = "registers", .algo = &algorithm };

static int __init start(void)
{
	return i2c_add_adapter(&adapter);
}

static void __exit stop(void)
{
	i2c_del_adapter(&adapter);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C chips made of registers, for tests");
