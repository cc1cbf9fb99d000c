# FriendlyElec NanoPi R2S (Rockchip RK3328); see README.md here.
BOARD_CONSOLE    = ttyS2,1500000
BOARD_LOAD       = 0x02000000
# The boot ROM reads the card from this sector on.
BOARD_LOADER_AT  = 64
UBOOT_DEFCONFIG  = nanopi-r2s-rk3328_defconfig
UBOOT_IMAGE      = u-boot-rockchip.bin
TFA_PLATFORM     = rk3328
