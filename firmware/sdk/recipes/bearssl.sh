# BearSSL: TLS, curves, ciphers.
# -O3: -Os, upstream's choice, halves P-256.  Constant time does not rest on
# the optimisation level: the code has no secret-dependent branch to begin with.
# BR_64, BR_INT128: 64-bit words and 64x64->128 products on both targets.
# AES-NI, PCLMULQDQ, SSE2: compiled in, used when the processor has them.
# No RDRAND: the kernel seeds (see the patch), never an instruction alone.
defines="-DBR_64=1 -DBR_INT128=1 -DBR_USE_GETRANDOM=1 -DBR_USE_URANDOM=0 \
-DBR_RDRAND=0 -DBR_USE_UNIX_TIME=1"
case $TRIPLE in
x86_64-*) defines="$defines -DBR_AES_X86NI=1 -DBR_SSE2=1" ;;
esac
# -Os for what runs a few times in a handshake and is mostly interpreters:
# the protocol, certificates, keys as files.
cold='^src/(ssl|x509|codec|settings|rsa)/'
sources=$(find src -name '*.c' | LC_ALL=C sort)
archive bearssl "-Os -Isrc -Iinc $defines" \
    $(echo "$sources" | grep -E "$cold")
archive bearssl "-O3 -Isrc -Iinc $defines" \
    $(echo "$sources" | grep -Ev "$cold")
install_headers inc/*.h
