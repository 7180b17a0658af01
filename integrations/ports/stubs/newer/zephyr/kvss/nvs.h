/* STUB, not Zephyr: where NVS is since Zephyr 4.4. */
#include "../../../zephyr/fs/nvs.h"
