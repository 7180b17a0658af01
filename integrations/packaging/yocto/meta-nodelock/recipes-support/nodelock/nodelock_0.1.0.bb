SUMMARY = "Node-locked licenses, checked offline"
DESCRIPTION = "A static library in C, with its headers, CMake package and pkg-config file, \
by which a device decides which features its owner has paid for; and the command nodelock, \
which inspects and checks license files."
SECTION = "libs"
LICENSE = "MIT | Apache-2.0"
LIC_FILES_CHKSUM = "\
    file://LICENSE-MIT;md5=6f1b86b3ec42258cdc690b1d3dd64876 \
    file://LICENSE-APACHE;md5=a02fef6dccf840318474c108a8281b77 \
"

DEPENDS = "cmake-native"

# Where the archive is that "cargo xtask source" makes. As it stands: in the folder "files" beside this recipe. From a
# server, local.conf gives its place, with ";name=nodelock", and SRC_URI[nodelock.sha256sum].
NODELOCK_SOURCE ?= "file://nodelock-${PV}-source.tar.gz"
SRC_URI = "${NODELOCK_SOURCE}"
require nodelock-crates.inc

# What the library does by itself: p256, pinned, sha256 or callback.
NODELOCK_CRYPTO ?= "p256"

inherit cargo

do_configure:append() {
    cmake -S ${S}/integrations/cmake -B ${B}/library -G "Unix Makefiles" \
        -DCMAKE_INSTALL_PREFIX=${prefix} \
        -DCMAKE_INSTALL_LIBDIR=${@os.path.relpath(d.getVar('libdir'), d.getVar('prefix'))} \
        -DCMAKE_INSTALL_INCLUDEDIR=${@os.path.relpath(d.getVar('includedir'), d.getVar('prefix'))} \
        -DNODELOCK_CRYPTO=${NODELOCK_CRYPTO} \
        -DNODELOCK_RUST_TARGET=${RUST_HOST_SYS}
}

# `cargo build`, which the class would call for all, makes no static library.
do_compile() {
    oe_cargo_build --package nodelock-cli
    export RUSTFLAGS="${RUSTFLAGS}"
    CARGO_NET_OFFLINE=true cmake --build ${B}/library
}

do_install() {
    DESTDIR=${D} cmake --install ${B}/library
    install -D -m 0755 ${B}/target/${CARGO_TARGET_SUBDIR}/nodelock ${D}${bindir}/nodelock
}

BBCLASSEXTEND = "native nativesdk"
