# libuv: the event loop, Linux part only; no io_uring, no threads (see the
# patch).
archive uv "-Iinclude -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -w \
-DUV_WITHOUT_IO_URING -DUV_WITHOUT_THREADPOOL" \
    src/fs-poll.c src/idna.c src/inet.c src/random.c src/strscpy.c \
    src/strtok.c src/thread-common.c src/threadpool.c src/timer.c \
    src/uv-common.c src/uv-data-getter-setters.c src/version.c \
    src/unix/async.c src/unix/core.c src/unix/dl.c src/unix/fs.c \
    src/unix/getaddrinfo.c src/unix/getnameinfo.c src/unix/linux.c \
    src/unix/loop-watcher.c src/unix/loop.c src/unix/pipe.c \
    src/unix/poll.c src/unix/process.c src/unix/procfs-exepath.c \
    src/unix/proctitle.c src/unix/random-devurandom.c \
    src/unix/random-getrandom.c src/unix/random-sysctl-linux.c \
    src/unix/signal.c src/unix/stream.c src/unix/tcp.c src/unix/thread.c \
    src/unix/tty.c src/unix/udp.c
install_headers include/uv.h
cp -r include/uv "$DEST/include/uv"
