"""Builds the recipe with BitBake's own parser, fetchers and executor, on the stand-in for OE-core beside this file.

    python3 check.py RECIPE OUT

OUT gets everything; OUT/source holds the source archive, and OUT/downloads the crates. The modules of BitBake come
from PyPI: pip install bitbake-setup.
"""

import logging
import os
import subprocess
import sys
import types

# The package leaves these modules of BitBake out; only a server of hashes would need them.
for name in ("hashserv", "hashserv.client"):
    sys.modules.setdefault(name, types.ModuleType(name))

import bb.build
import bb.cookerdata
import bb.parse

HERE = os.path.dirname(os.path.abspath(__file__))
TASKS = ["do_fetch", "do_unpack", "do_configure", "do_compile", "do_install"]


def host():
    about = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.split()[1] for line in about.splitlines() if line.startswith("host: "))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def parse(recipe, out):
    layers = [HERE, os.path.normpath(os.path.join(HERE, "../meta-nodelock"))]
    write(f"{out}/conf/bblayers.conf", f'BBPATH = "{out}"\nBBFILES = ""\nBBLAYERS = "{" ".join(layers)}"\n')
    os.chdir(out)
    # What BitBake takes over from the environment.
    config = types.SimpleNamespace(
        prefile=[], postfile=[], tracking=False, skip_fragments=True, env={"PATH": os.environ["PATH"]}
    )
    builder = bb.cookerdata.CookerDataBuilder(config)
    builder.basedata.setVar("NODELOCK_OUT", out)
    builder.basedata.setVar("RUST_HOST_SYS", host())
    builder.basedata.setVar("PATH", os.environ["PATH"])
    builder.basedata.setVarFlag("PATH", "export", "1")
    builder.parseBaseConfiguration()
    return builder.parseRecipe(recipe, [], "nodelock")


def main():
    recipe, out = (os.path.abspath(path) for path in sys.argv[1:])
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout)
    logging.getLogger("BitBake").setLevel(logging.WARNING)
    data = parse(recipe, out)
    for task in TASKS:
        print(task, flush=True)
        bb.build.exec_func(task, data)
    for directory, _, files in sorted(os.walk(data.getVar("D"))):
        for name in sorted(files):
            print(os.path.join(directory, name).removeprefix(data.getVar("D")))


main()
