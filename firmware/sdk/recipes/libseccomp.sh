# libseccomp: system-call filters.
version=$(sed -n 's/^AC_INIT(\[libseccomp\], \[\(.*\)\])$/\1/p' configure.ac)
IFS=. read -r major minor micro <<-END
	$version
END
sed -e "s/@VERSION_MAJOR@/$major/" -e "s/@VERSION_MINOR@/$minor/" \
    -e "s/@VERSION_MICRO@/$micro/" include/seccomp.h.in >include/seccomp.h
echo '#define HAVE_LINUX_SECCOMP_H 1' >configure.h
# The table of all system calls of 17 architectures would be 76 kB in every
# program.  Kept are those that the library's own code names and our targets:
# the name, the index, and the first five pairs of columns.
others='loongarch64|m68k|mips[a-z0-9]*|parisc[0-9]*|ppc[0-9a-z]*|riscv64|s390x?|sh(eb)?'
awk -v others="^[ \t]*(int|enum scmp_kver) ($others)(_kver)?;" \
    '$0 !~ others' src/syscalls.h >syscalls.h.new
mv syscalls.h.new src/syscalls.h
awk '/^    \{\(int\)\(size_t\)/ {
	n = split($0, column, ",")
	line = column[1]
	for (i = 2; i <= 12; i++)
		line = line "," column[i]
	print line (($0 ~ /,$/) ? "}," : "}")
	next
} { print }' src/syscalls.perf.c >syscalls.perf.new
mv syscalls.perf.new src/syscalls.perf.c
# An architecture is a line that names it and the line that returns it: each
# line is held back until the next one does not drop it.
awk -v others="return &arch_def_($others);" '
$0 ~ others { held = 0; next }
held { print last }
{ last = $0; held = 1 }
END { if (held) print last }' src/arch.c >arch.c.new
mv arch.c.new src/arch.c
archive seccomp "-I. -Iinclude -D_GNU_SOURCE -fvisibility=hidden" \
    $(ls src/*.c | LC_ALL=C sort | grep -v -E \
        -e 'arch-syscall-(dump|check)' -e "src/arch-($others)\.c")
install_headers include/seccomp.h include/seccomp-syscalls.h
