# SQLCipher: SQLite with encrypted pages, as one source file, no shell.
# The cryptography is ours (patches/sqlcipher): whoever links this library
# also links gateway/crypto/sqlcipher_provider.c, and no OpenSSL is anywhere.
#
# What the vault's SQL does not use is left out: less to attack, a third less
# to carry.  (Virtual tables stay: pragma_page_count() is one.)  What changes
# the grammar goes to its generator too.
grammar="-DSQLITE_OMIT_WINDOWFUNC"
omitted="$grammar -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED \
-DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_JSON -DSQLITE_OMIT_UTF16 \
-DSQLITE_OMIT_AUTHORIZATION -DSQLITE_OMIT_COMPLETE -DSQLITE_OMIT_DECLTYPE \
-DSQLITE_OMIT_DESERIALIZE -DSQLITE_OMIT_GET_TABLE -DSQLITE_OMIT_TRACE \
-DSQLITE_OMIT_PROGRESS_CALLBACK -DSQLITE_OMIT_TCL_VARIABLE"
CC=gcc CFLAGS=-O1 ./configure --disable-tcl --disable-readline \
    --disable-load-extension --with-crypto-lib=none >configure.log 2>&1
make -j"$JOBS" OPTS="$grammar" sqlite3.c >make.log 2>&1 || {
	tail -20 make.log >&2
	exit 1
}
# Temporary tables stay in memory: a temporary file would be in clear.
# One thread in the vault.  No double-quoted strings: a mistyped column name
# is an error.
# -Os: of 1,000 inserts 80 % of the instructions are HMAC-SHA512 in BearSSL;
# SQLite's own cost is the same within 1 % and it is a third smaller.
archive sqlcipher "-Os -DSQLITE_HAS_CODEC \
-DSQLCIPHER_CRYPTO_CUSTOM=sqlcipher_provider_setup \
-DSQLCIPHER_OMIT_LOG -DSQLCIPHER_OMIT_DEFAULT_LOGGING \
-DSQLITE_TEMP_STORE=3 -DSQLITE_THREADSAFE=0 -DHAVE_FDATASYNC=1 \
-DHAVE_USLEEP=1 -DHAVE_STDINT_H=1 -DSQLITE_DEFAULT_PAGE_SIZE=4096 \
-DSQLITE_DQS=0 -DSQLITE_DEFAULT_MEMSTATUS=0 \
-DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_MAX_EXPR_DEPTH=100 \
-DSQLITE_SECURE_DELETE -DSQLITE_USE_ALLOCA -DSQLITE_TRUSTED_SCHEMA=0 \
$omitted" sqlite3.c
install_headers sqlite3.h
# The table that a provider fills, cut out of the library's own header so
# that the two cannot differ.
mkdir -p abi
{
	echo '#ifndef SQLCIPHER_ABI_H'
	echo '#define SQLCIPHER_ABI_H'
	sed -n '/^#define SQLCIPHER_HMAC_SHA1 /,/^} sqlcipher_provider;/p' \
	    src/sqlcipher.h
	echo '#endif'
} >abi/sqlcipher_abi.h
install_headers abi/sqlcipher_abi.h
