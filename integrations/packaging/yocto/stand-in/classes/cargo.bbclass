# STAND-IN, not OE-core: what the recipe uses of meta/classes-recipe/cargo.bbclass and cargo_common.bbclass, with their
# names: a configuration of cargo that knows only the crates that the fetcher has unpacked, and oe_cargo_build.

export CARGO_HOME = "${UNPACKDIR}/cargo_home"
CARGO = "cargo"
RUSTFLAGS ??= ""
CARGO_TARGET_SUBDIR = "${RUST_HOST_SYS}/release"

# Unoptimised, to be done soon: what is tried here is the recipe.
export CARGO_PROFILE_RELEASE_OPT_LEVEL = "0"
export CARGO_PROFILE_RELEASE_DEBUG = "0"

cargo_do_configure() {
    mkdir -p ${CARGO_HOME} ${B}
    cat > ${CARGO_HOME}/config.toml <<EOF
[source.bitbake]
directory = "${CARGO_HOME}/bitbake"
[source.crates-io]
replace-with = "bitbake"
[build]
target-dir = "${B}/target"
EOF
}

oe_cargo_build() {
    export RUSTFLAGS="${RUSTFLAGS}"
    ${CARGO} build --frozen --target ${RUST_HOST_SYS} --release --manifest-path=${S}/Cargo.toml "$@"
}

EXPORT_FUNCTIONS do_configure
