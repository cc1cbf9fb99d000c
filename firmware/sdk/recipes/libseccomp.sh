# libseccomp: system-call filters.
version=$(sed -n 's/^AC_INIT(\[libseccomp\], \[\(.*\)\])$/\1/p' configure.ac)
IFS=. read -r major minor micro <<-END
	$version
END
sed -e "s/@VERSION_MAJOR@/$major/" -e "s/@VERSION_MINOR@/$minor/" \
    -e "s/@VERSION_MICRO@/$micro/" include/seccomp.h.in >include/seccomp.h
echo '#define HAVE_LINUX_SECCOMP_H 1' >configure.h
archive seccomp "-I. -Iinclude -D_GNU_SOURCE -fvisibility=hidden" \
    $(ls src/*.c | LC_ALL=C sort |
        grep -v -e arch-syscall-dump -e arch-syscall-check)
install_headers include/seccomp.h include/seccomp-syscalls.h
