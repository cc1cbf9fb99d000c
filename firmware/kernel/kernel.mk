# The kernel of all boards, and the device tree of each.  Included by
# firmware/image/image.mk, after firmware/boot/boot.mk.

KERNEL_INPUTS := firmware/kernel/build firmware/boot/cached.sh \
    firmware/boot/check-config firmware/sdk/fetch firmware/sdk/recipe.sh \
    firmware/boot/pins/linux.pin

$(BOARD_OUT)/kernel/Image $(BOARD_OUT)/kernel/config &: $(KERNEL_INPUTS) \
    firmware/kernel/linux.config firmware/kernel/hardening.config \
    $(wildcard board/*/linux.config)
	$(Q)firmware/kernel/build kernel $(BOARD_OUT)/kernel

define dtb_rule
$(BOARD_OUT)/$(1)/board.dtb: $(KERNEL_INPUTS) board/$(1)/board.dtsi
	$$(Q)firmware/kernel/build dtb $(1) $(BOARD_OUT)/$(1)
endef
$(foreach b,$(BOARDS),$(eval $(call dtb_rule,$(b))))

kernel-check: $(BOARD_OUT)/kernel/config	## what hardens the kernel, counted; what was not taken, and why
	$(Q)firmware/kernel/check-hardening firmware/kernel/hardening.config $<

.PHONY: kernel-check
