# musl: the C library, static only.  Its own flags leave the canary out of the
# few files that run before the canary is set.
CC="$GCC" AR="$AR" RANLIB=: CFLAGS="$CFLAGS" ./configure \
    --target="$TRIPLE" --prefix="$DEST" --disable-shared \
    --disable-wrapper >/dev/null
make -s -j"$JOBS" >/dev/null
make -s install >/dev/null

# The kernel's headers: musl has none.  libseccomp, libuv and our sandbox need
# <linux/...> of the target; see docs/decisions/0002-kernel-headers.md.
set -- $UAPI
cp -rL "$1/linux" "$1/asm-generic" "$2/asm" "$DEST/include"
