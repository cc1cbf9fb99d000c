# What reads a patient's or a doctor's request behind its head.
FUZZ += routes_fuzz wishes_fuzz

routes_fuzz_SRCS       = base/base64.c pickup/routes.c
routes_fuzz_THIRD_SRCS = tests/fakes/pickup_handlers_fake.c

# jansson is compiled too, under the same sanitizers; its own 32-bit
# arithmetic may wrap.  The digest is a stand-in.  The folder of BearSSL's
# header is looked for last, so that the target's C library stays out.
JANSSON = $(SYSROOT)/src/jansson
wishes_fuzz_SRCS       = base/wipe.c pickup/wishes.c
wishes_fuzz_THIRD_SRCS = tests/fakes/sha256_fake.c \
    $(addprefix $(JANSSON)/,dump.c error.c hashtable.c hashtable_seed.c \
    load.c memory.c pack_unpack.c strbuffer.c strconv.c utf.c value.c)
wishes_fuzz_CPPFLAGS   = -I$(JANSSON) -DHAVE_CONFIG_H \
    -idirafter $(SYSROOT)/include
