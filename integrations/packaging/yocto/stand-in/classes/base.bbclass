# STAND-IN, not OE-core.

python base_do_fetch() {
    bb.fetch2.Fetch(d.getVar("SRC_URI").split(), d).download()
}

python base_do_unpack() {
    bb.fetch2.Fetch(d.getVar("SRC_URI").split(), d).unpack(d.getVar("UNPACKDIR"))
}

base_do_configure() {
    :
}

base_do_compile() {
    :
}

base_do_install() {
    :
}

EXPORT_FUNCTIONS do_fetch do_unpack do_configure do_compile do_install

do_unpack[cleandirs] = "${UNPACKDIR}"
do_install[cleandirs] = "${D}"

addtask fetch
addtask unpack after do_fetch
addtask configure after do_unpack
addtask compile after do_configure
addtask install after do_compile
