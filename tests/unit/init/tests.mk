UNIT += \
    init/child_test \
    init/commit_test \
    init/data_test \
    init/facts_test \
    init/fallback_test \
    init/files_test \
    init/fits_test \
    init/good_test \
    init/history_test \
    init/identity_test \
    init/marks_test \
    init/past_test \
    init/reasons_test \
    init/relay_test \
    init/seed_test \
    init/site_test \
    init/watch_test

init = $(1:%=$(OUT)/firmware/init/%.o)

init/child_test_OBJECTS    = $(call init,child relay watchdog)
init/child_test_SRCS       = base/log.c os/moment.c os/spawn.c
init/commit_test_OBJECTS   = $(call init,commit)
init/facts_test_OBJECTS    = $(call init,facts)
init/facts_test_SRCS       = config/lines.c
init/fallback_test_OBJECTS = $(call init,fallback)
init/fallback_test_SRCS    = config/address.c config/codes.c config/config.c \
    config/fingerprints.c config/interface.c config/keys.c config/networks.c \
    config/remote.c config/senders.c config/values.c config/words.c
init/files_test_OBJECTS    = $(call init,files)
init/files_test_SRCS       = os/whole.c
init/fits_test_OBJECTS     = $(call init,fits)
init/fits_test_SRCS        = config/address.c config/interface.c
init/history_test_OBJECTS  = $(call init,history)
init/identity_test_OBJECTS = $(call init,child files identity relay watchdog)
init/identity_test_SRCS    = base/log.c os/moment.c os/spawn.c os/whole.c
init/marks_test_OBJECTS    = $(call init,files marks)
init/marks_test_SRCS       = base/log.c base/status.c os/whole.c
init/past_test_OBJECTS     = $(call init,facts files history past reasons)
init/past_test_SRCS        = base/log.c base/status.c config/lines.c os/whole.c
init/reasons_test_OBJECTS  = $(call init,reasons)
init/relay_test_OBJECTS    = $(call init,relay)
init/seed_test_OBJECTS     = $(call init,seed)
init/site_test_OBJECTS     = $(call init,files seed site)
init/site_test_SRCS        = base/log.c base/status.c base/wipe.c os/whole.c
init/watch_test_OBJECTS    = $(call init,watch)
init/data_test_OBJECTS     = $(call init,child data files history relay) \
    $(call init,watchdog) $(OUT)/firmware/slots/crc32.o $(OUT)/firmware/slots/gpt.o
init/data_test_SRCS        = base/log.c base/status.c os/moment.c os/spawn.c os/whole.c
init/good_test_OBJECTS     = $(call init,commit facts files good history) \
    $(call init,past reasons watchdog) \
    $(OUT)/firmware/slots/control.o $(OUT)/firmware/slots/crc32.o
init/good_test_SRCS        = base/log.c base/status.c config/lines.c os/whole.c
