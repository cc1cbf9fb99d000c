# make image: the signed image of a board, from sources to a disk.
#
#   make image BOARD=nanopi-r2s VERSION=1.4.0 RELEASE=14 FLOOR=12 KEYS=...
#
# BOARD    a folder of board/
# VERSION  for people; RELEASE rises with each; no release below FLOOR is
#          taken by a box once this one was healthy on it
# KEYS     a folder with boot.crt, boot.key and update.pub (provisioning/keys);
#          default: throw-away keys of this machine
# VENDOR=1 refuses those: for what leaves the house
#
# Made in build/board/$(BOARD): root.img, boot.fit, disk.img, sbom.cdx.json,
# update.unsigned; and update.container where KEYS has update.key, too.

IMAGE    := firmware/image
BOARDS   := $(patsubst board/%/board.mk,%,$(wildcard board/*/board.mk))
BOARD    ?= qemu-virt
# What all boards have in common, and what is one board's.
BOARD_OUT := build/board
BOARD_DIR := $(BOARD_OUT)/$(BOARD)
VERSION  ?= 1.0.0
RELEASE  ?= 1
FLOOR    ?= 1
KEYS     ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/guichet/keys/development
# The root file system: 6 MB at most.
ROOT_MAX := 6000000
# When the release was made, to the box: the time of the commit.
EPOCH    := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),1767225600)

-include board/$(BOARD)/board.mk
-include firmware/boot/boot.mk
-include firmware/kernel/kernel.mk

STAGE = $(Q)SOURCE_DATE_EPOCH=$(EPOCH) $(IMAGE)/stage

# Everything but the command, which is the staff's; and init, which is /init.
IMAGE_PROGRAMS = $(filter-out guichet guichet-init,$(PROGRAMS))
IMAGE_INIT     = $(OUT)/bin/guichet-init

image:	## the signed image of BOARD (see firmware/image/image.mk)
	$(Q)test -f board/$(BOARD)/board.mk || \
	    { echo "image: no board $(BOARD); there are: $(BOARDS)" >&2; exit 1; }
	$(Q)firmware/sdk/deps image
	$(Q)provisioning/keys/ready '$(KEYS)' $(if $(VENDOR),--vendor)
	$(Q)$(MAKE) --no-print-directory TARGET=aarch64 image-built

image-built: $(BOARD_DIR)/disk.img $(BOARD_DIR)/update.container \
    $(BOARD_DIR)/sbom.cdx.json $(BOARD_DIR)/checked.stamp
	$(Q)$(IMAGE)/summary $(BOARD_DIR)

# Whatever the variables say, as a file that changes when they do.
$(BOARD_DIR)/release.stamp: FORCE
	@mkdir -p $(@D)
	@{ echo '$(VERSION) $(RELEASE) $(FLOOR) $(EPOCH) $(IMAGE_PROGRAMS)'; \
	    echo '$(BOARD_CONSOLE) $(BOARD_LOAD) $(BOARD_LOADER_AT)'; \
	    cat '$(KEYS)/boot.crt' '$(KEYS)/update.pub'; } >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(BOARD_OUT)/data.ext4: $(IMAGE)/mkdata $(IMAGE)/mke2fs.conf
	@mkdir -p $(@D)
	$(Q)SOURCE_DATE_EPOCH=1767225600 $(IMAGE)/stage DATA $@ $(IMAGE)/mkdata $@

$(BOARD_OUT)/authorities.pem: $(IMAGE)/mkauthorities $(wildcard $(IMAGE)/pins/*)
	@mkdir -p $(@D)
	$(STAGE) TRUST $@ $(IMAGE)/mkauthorities $@

$(BOARD_OUT)/e2fsck: $(IMAGE)/mke2fsck firmware/boot/pins/e2fsprogs.pin $(OUT)/sysroot.key
	$(Q)CC='$(CC)' AR='$(AR)' STRIP='$(STRIP)' TARGET_TRIPLE='$(TARGET_TRIPLE)' \
	    THIRD_CFLAGS='$(THIRD_CFLAGS)' \
	    HARDENING_LDFLAGS='$(HARDENING_LDFLAGS) $(TARGET_LDFLAGS)' \
	    $(IMAGE)/mke2fsck $(TARGET) $@

$(BOARD_DIR)/root.img $(BOARD_DIR)/verity.env &: $(BOARD_DIR)/release.stamp \
    $(IMAGE)/mkroot $(IMAGE)/common.py $(IMAGE)/guichet.conf board/$(BOARD)/facts \
    $(BOARD_OUT)/data.ext4 $(BOARD_OUT)/authorities.pem $(BOARD_OUT)/e2fsck \
    $(IMAGE_INIT) $(IMAGE_PROGRAMS:%=$(OUT)/bin/%)
	$(STAGE) ROOT $(BOARD_DIR)/root.img $(IMAGE)/mkroot --max $(ROOT_MAX) \
	    --out $(BOARD_DIR)/root.img --env $(BOARD_DIR)/verity.env \
	    --version '$(VERSION)' --release '$(RELEASE)' --floor '$(FLOOR)' \
	    --board board/$(BOARD)/facts --key '$(KEYS)/update.pub' \
	    --strip $(STRIP) --init $(IMAGE_INIT) \
	    $(IMAGE_PROGRAMS:%=--program $(OUT)/bin/%) \
	    --file /bin/e2fsck=$(BOARD_OUT)/e2fsck \
	    --file /etc/guichet/guichet.conf=$(IMAGE)/guichet.conf \
	    --file /etc/ssl/certs/ca-certificates.crt=$(BOARD_OUT)/authorities.pem \
	    --file /usr/share/guichet/data.ext4=$(BOARD_OUT)/data.ext4

$(BOARD_DIR)/boot.fit: $(BOARD_DIR)/verity.env $(IMAGE)/mkfit \
    $(BOARD_DIR)/board.dtb $(BOARD_OUT)/kernel/Image $(BOARD_OUT)/tools/mkimage
	$(STAGE) FIT $@ $(IMAGE)/mkfit --out $@ \
	    --kernel $(BOARD_OUT)/kernel/Image --dtb $(BOARD_DIR)/board.dtb \
	    --env $(BOARD_DIR)/verity.env --console '$(BOARD_CONSOLE)' \
	    --load $(BOARD_LOAD) --keys '$(KEYS)' \
	    --mkimage $(BOARD_OUT)/tools/mkimage

# The boot loader's own judgement, with the key that is in it, before a box
# has to find out.
$(BOARD_DIR)/checked.stamp: $(BOARD_DIR)/boot.fit $(BOARD_DIR)/u-boot.dtb \
    $(BOARD_OUT)/tools/fit_check_sign $(OUT)/bin/guichetd $(IMAGE)/guichet.conf
	$(STAGE) CHECK $< $(IMAGE)/check $(BOARD_DIR) $(BOARD_OUT)/tools \
	    $(RUN) $(OUT)/bin/guichetd
	@touch $@

$(BOARD_DIR)/disk.img: $(BOARD_DIR)/boot.fit $(BOARD_DIR)/root.img \
    $(BOARD_DIR)/u-boot.bin $(BOARD_OUT)/data.ext4 $(IMAGE)/mkdisk $(IMAGE)/layout
	$(STAGE) DISK $@ $(IMAGE)/mkdisk --out $@ --boot $(BOARD_DIR)/boot.fit \
	    --root $(BOARD_DIR)/root.img --data $(BOARD_OUT)/data.ext4 \
	    --loader $(BOARD_DIR)/u-boot.bin --loader-at '$(BOARD_LOADER_AT)'

$(BOARD_DIR)/update.unsigned: $(BOARD_DIR)/boot.fit $(BOARD_DIR)/root.img $(IMAGE)/mkupdate
	$(STAGE) UPDATE $@ $(IMAGE)/mkupdate --out $@ --board $(BOARD) \
	    --env $(BOARD_DIR)/verity.env --boot $(BOARD_DIR)/boot.fit \
	    --root $(BOARD_DIR)/root.img

# The key of updates need not be where the image is made: then there is no
# container yet, and an old one of another release would only mislead.
$(BOARD_DIR)/update.container: $(BOARD_DIR)/update.unsigned
	$(Q)rm -f $@
	$(if $(wildcard $(KEYS)/update.key),$(STAGE) SIGN $@ \
	    provisioning/keys/sign-update --key '$(KEYS)/update.key' \
	    --public '$(KEYS)/update.pub' $< $@)

SBOM_IMAGES = disk.img root.img boot.fit u-boot.bin
$(BOARD_DIR)/sbom.cdx.json: $(IMAGE)/sbom $(IMAGE)/components \
    $(BOARD_DIR)/release.stamp $(SBOM_IMAGES:%=$(BOARD_DIR)/%) \
    $(wildcard $(SDK)/pins/*.pin firmware/boot/pins/*.pin $(IMAGE)/pins/*.pin) \
    $(wildcard $(SDK)/patches/*/*.patch firmware/boot/patches/*/*.patch)
	$(STAGE) SBOM $@ $(IMAGE)/sbom --out $@ --board $(BOARD) \
	    --version '$(VERSION)' $(SBOM_IMAGES:%=--image $(BOARD_DIR)/%) \
	    $(if $(TFA_PLATFORM),,--without arm-trusted-firmware)

flash-help:	## how the image of BOARD comes onto a card (French, English)
	$(Q)$(IMAGE)/flash-help $(BOARD)

boot-reproducible:	## everything twice, from two clones, without the cache
	$(Q)tests/boot/twice '$(BOARD)'

.PHONY: image image-built flash-help boot-reproducible
