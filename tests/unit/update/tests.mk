UNIT += \
    update/apply_test \
    update/container_test \
    update/slot_test \
    update/texts_test \
    update/trust_test

# What judges, writes and arms: no socket, no role.
UPDATE_TEST_OBJECTS = \
    $(addprefix $(OUT)/firmware/,slots/control.o slots/crc32.o \
    update/apply.o update/container.o update/medium.o update/refusal.o \
    update/slot.o update/trust.o) \
    $(addprefix $(OUT)/gateway/,base/log.o base/wipe.o crypto/digest.o \
    crypto/p256.o crypto/random.o crypto/sha_blocks.o)

update/apply_test_OBJECTS = $(UPDATE_TEST_OBJECTS)
update/apply_test_FAKES = containers.c
update/apply_test_LIBS = bearssl

update/container_test_OBJECTS = $(OUT)/firmware/update/container.o

update/slot_test_OBJECTS = $(UPDATE_TEST_OBJECTS)
update/slot_test_FAKES = containers.c
update/slot_test_LIBS = bearssl

update/texts_test_OBJECTS = $(OUT)/firmware/update/refusal.o \
    $(OUT)/firmware/update/texts.o

update/trust_test_OBJECTS = $(UPDATE_TEST_OBJECTS)
update/trust_test_FAKES = containers.c
update/trust_test_LIBS = bearssl
