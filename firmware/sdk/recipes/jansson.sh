# jansson: JSON, strict when asked (duplicate keys refused).
sed -e 's/@json_inline@/inline/' -e 's/@json_have_[a-z_]*@/1/' \
    src/jansson_config.h.in >src/jansson_config.h
# The hash seed comes from /dev/urandom, or else from time and process id; a
# sandboxed role opens nothing, so that the role must call
# json_object_seed() with a random number before it parses.
for has in ATOMIC_BUILTINS CLOSE ENDIAN_H FCNTL_H GETPID GETTIMEOFDAY \
    LOCALECONV OPEN READ SCHED_H SCHED_YIELD STDINT_H SYNC_BUILTINS \
    SYS_PARAM_H SYS_STAT_H SYS_TIME_H SYS_TYPES_H UNISTD_H; do
	echo "#define HAVE_$has 1"
done >src/jansson_private_config.h
cat >>src/jansson_private_config.h <<-END
	#define USE_URANDOM 1
	#define INITIAL_HASHTABLE_ORDER 3
END
archive jansson "-Isrc -DHAVE_CONFIG_H" $(ls src/*.c | LC_ALL=C sort)
install_headers src/jansson.h src/jansson_config.h
install_sources jansson src/*.c src/*.h
