# The boot loader of each board, and the tools that make images for it.
# Included by firmware/image/image.mk, which sets BOARDS, BOARD_OUT and KEYS: a
# folder with boot.crt.

BOOT_TOOLS := $(addprefix $(BOARD_OUT)/tools/,mkimage fit_check_sign fdt_add_pubkey)

BOOT_INPUTS := firmware/boot/build firmware/boot/cached.sh \
    firmware/sdk/fetch firmware/sdk/recipe.sh
LOADER_INPUTS := $(BOOT_INPUTS) $(addprefix firmware/boot/, boot.env \
    check-config check-key secure.dtsi u-boot.config \
    pins/arm-trusted-firmware.pin pins/u-boot.pin)

$(BOOT_TOOLS) &: $(BOOT_INPUTS) firmware/boot/pins/u-boot.pin
	$(Q)firmware/boot/build tools $(BOARD_OUT)/tools

# Another certificate is another loader, whatever folder it is in.
$(BOARD_OUT)/certificate.stamp: FORCE $(KEYS)/boot.crt
	$(Q)mkdir -p $(@D)
	$(Q)cmp -s $(KEYS)/boot.crt $@ || cp $(KEYS)/boot.crt $@

define loader_rule
$(BOARD_OUT)/$(1)/u-boot.bin $(BOARD_OUT)/$(1)/u-boot.dtb &: \
    $(LOADER_INPUTS) $(BOARD_OUT)/certificate.stamp \
    $(addprefix board/$(1)/,board.dtsi board.mk u-boot.config u-boot.dtsi u-boot.env)
	$$(Q)firmware/boot/build loader $(1) $$(KEYS)/boot.crt $(BOARD_OUT)/$(1)
endef
$(foreach b,$(BOARDS),$(eval $(call loader_rule,$(b))))
