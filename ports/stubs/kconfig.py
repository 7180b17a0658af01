"""Reads the sample's Kconfig and prj.conf as Zephyr's build does, with kconfiglib, and writes autoconf.h.

    python3 kconfig.py SAMPLE LIBRARY AUTOCONF
"""

import os
import sys

import kconfiglib

sample, library, autoconf = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
here = os.path.dirname(os.path.abspath(__file__))
os.environ["srctree"] = os.path.join(here, "zephyr")
os.environ["NODELOCK_ZEPHYR"] = os.path.join(here, "../../zephyr")

config = kconfiglib.Kconfig(os.path.join(sample, "Kconfig"), warn_to_stderr=False)
config.warn_assign_undef = True
config.load_config(os.path.join(sample, "prj.conf"))
config.syms["NODELOCK_LIBRARY"].set_value(library)
wrong = list(config.warnings)
for symbol in config.unique_defined_syms:
    if symbol.user_value is not None and kconfiglib.TYPE_TO_STR[symbol.orig_type] == "bool":
        if symbol.user_value != symbol.tri_value:
            wrong.append(f"{symbol.name} was asked for and is not to be had")
if config.syms["NODELOCK_NVS"].tri_value != 2:
    wrong.append("NVS is on, but not nodelock's storage in it")
if wrong:
    sys.exit("\n".join(wrong))
config.write_autoconf(autoconf)
