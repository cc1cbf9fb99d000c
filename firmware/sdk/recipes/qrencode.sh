# qrencode: the symbol as a matrix; drawing is ours.
defines='-DSTATIC_IN_RELEASE=static -DMAJOR_VERSION=4 -DMINOR_VERSION=1 \
-DMICRO_VERSION=1 -DVERSION=\"4.1.1\"'
archive qrencode "$defines" \
    bitstream.c mask.c mmask.c mqrspec.c qrencode.c qrinput.c qrspec.c \
    rsecc.c split.c
install_headers qrencode.h
