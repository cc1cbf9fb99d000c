UNIT += pickup/routes_test
pickup/routes_test_SRCS = pickup/routes.c base/base64.c base/status.c
pickup/routes_test_FAKES = pickup_handlers_fake.c

UNIT += pickup/crowd_test
pickup/crowd_test_SRCS = pickup/crowd.c crypto/random.c base/log.c base/status.c

UNIT += pickup/headers_test
pickup/headers_test_SRCS = pickup/headers.c wire/http_response.c base/log.c \
    base/status.c

UNIT += pickup/wishes_test
pickup/wishes_test_SRCS = pickup/wishes.c crypto/digest.c crypto/sha_blocks.c base/wipe.c \
    base/status.c
pickup/wishes_test_LIBS = jansson bearssl

UNIT += pickup/page_test
pickup/page_test_SRCS = pickup/page.c base/status.c

# A session, its exchanges and the handlers, without a network or a vault.
UNIT += pickup/session_test
pickup/session_test_SRCS = pickup/crowd.c pickup/exchange.c pickup/handlers_card.c \
    pickup/handlers_link.c pickup/handlers_share.c pickup/handlers_static.c \
    pickup/headers.c pickup/page.c pickup/routes.c pickup/session.c \
    pickup/stream.c pickup/watch.c pickup/wishes.c wire/http.c wire/http_response.c \
    crypto/constant_time.c crypto/digest.c crypto/random.c crypto/sha_blocks.c \
    base/base64.c base/json_writer.c base/log.c base/status.c base/wipe.c
pickup/session_test_FAKES = conn_fake.c pickup_fake.c
pickup/session_test_LIBS = uv jansson picohttpparser bearssl
