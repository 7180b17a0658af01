################################################################################
#
# nodelock
#
################################################################################

NODELOCK_VERSION = 0.1.0
NODELOCK_SOURCE = nodelock-$(NODELOCK_VERSION)-source.tar.gz
NODELOCK_SITE = $(or $(call qstrip,$(BR2_PACKAGE_NODELOCK_SITE)),file://$(BR2_EXTERNAL_NODELOCK_PATH)/source)
NODELOCK_LICENSE = MIT or Apache-2.0
NODELOCK_LICENSE_FILES = LICENSE-MIT LICENSE-APACHE
NODELOCK_DEPENDENCIES = $(BR2_CMAKE_HOST_DEPENDENCY)
NODELOCK_INSTALL_STAGING = YES
# Nothing of a static library runs on the target.
NODELOCK_INSTALL_TARGET = $(if $(BR2_PACKAGE_NODELOCK_COMMAND),YES,NO)

# An archive of one's own has a hash of its own; see nodelock.hash.
ifneq ($(filter file://%,$(NODELOCK_SITE)),)
BR_NO_CHECK_HASH_FOR += $(NODELOCK_SOURCE)
endif

NODELOCK_BUILD_ENV = \
	$(TARGET_MAKE_ENV) \
	$(TARGET_CONFIGURE_OPTS) \
	$(PKG_CARGO_ENV) \
	$(NODELOCK_CARGO_ENV) \
	CARGO_NET_OFFLINE=true

define NODELOCK_CONFIGURE_CMDS
	$(TARGET_MAKE_ENV) $(BR2_CMAKE) -S $(@D)/integrations/cmake -B $(@D)/library \
		-DCMAKE_INSTALL_PREFIX=/usr \
		-DCMAKE_INSTALL_LIBDIR=lib \
		-DNODELOCK_CRYPTO=$(call qstrip,$(BR2_PACKAGE_NODELOCK_CRYPTO)) \
		-DNODELOCK_RUST_TARGET=$(RUSTC_TARGET_NAME)
endef

# `cargo build`, which cargo-package would call, makes no static library.
define NODELOCK_BUILD_CMDS
	$(NODELOCK_BUILD_ENV) $(BR2_CMAKE) --build $(@D)/library
	$(if $(BR2_PACKAGE_NODELOCK_COMMAND), \
		cd $(@D) && $(NODELOCK_BUILD_ENV) \
			cargo build --offline --locked --release --package nodelock-cli)
endef

define NODELOCK_INSTALL_STAGING_CMDS
	$(TARGET_MAKE_ENV) DESTDIR=$(STAGING_DIR) $(BR2_CMAKE) --install $(@D)/library
endef

define NODELOCK_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/target/$(RUSTC_TARGET_NAME)/release/nodelock \
		$(TARGET_DIR)/usr/bin/nodelock
endef

$(eval $(cargo-package))
