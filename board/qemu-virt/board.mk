# QEMU's machine "virt"; see README.md here and board/README.md.
BOARD_CONSOLE    = ttyAMA0
BOARD_LOAD       = 0x42000000
# QEMU is given the loader by -bios: it is not on the disk.
BOARD_LOADER_AT  =
UBOOT_DEFCONFIG  = qemu_arm64_defconfig
UBOOT_IMAGE      = u-boot.bin
TFA_PLATFORM     =
