"""Reads the sample's Kconfig and prj.conf as Zephyr's build does, with kconfiglib, and writes autoconf.h.

    python3 kconfig.py SAMPLE LIBRARY AUTOCONF
"""

import os
import sys

import kconfiglib


def module(key):
    """The file that zephyr/module.yml names, as west looks for it."""
    root = os.path.join(here, "../../..")
    with open(os.path.join(root, "zephyr/module.yml"), encoding="utf-8") as file:
        values = dict(line.strip().split(": ", 1) for line in file if ": " in line)
    return os.path.join(root, values[key])


here = os.path.dirname(os.path.abspath(__file__))
sample, library, autoconf = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ["srctree"] = os.path.join(here, "zephyr")
os.environ["NODELOCK_KCONFIG"] = module("kconfig")

config = kconfiglib.Kconfig(os.path.join(sample, "Kconfig"), warn_to_stderr=False)
config.warn_assign_undef = True
config.load_config(os.path.join(sample, "prj.conf"))
config.syms["NODELOCK_LIBRARY"].set_value(library)
wrong = list(config.warnings)
if not os.path.isfile(os.path.join(module("cmake"), "CMakeLists.txt")):
    wrong.append("zephyr/module.yml names a folder without CMakeLists.txt")
for symbol in config.unique_defined_syms:
    if symbol.user_value is not None and kconfiglib.TYPE_TO_STR[symbol.orig_type] == "bool":
        if symbol.user_value != symbol.tri_value:
            wrong.append(f"{symbol.name} was asked for and is not to be had")
if config.syms["NODELOCK_NVS"].tri_value != 2:
    wrong.append("NVS is on, but not nodelock's storage in it")
if wrong:
    sys.exit("\n".join(wrong))
config.write_autoconf(autoconf)
