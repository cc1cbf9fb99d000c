pickup_SRCS = \
    crowd.c \
    exchange.c \
    handlers_card.c \
    handlers_link.c \
    handlers_share.c \
    handlers_static.c \
    headers.c \
    page.c \
    pickup.c \
    policy.c \
    routes.c \
    session.c \
    stream.c \
    watch.c \
    wishes.c

# The page is part of the program (gateway/web/README.md).
PICKUP_PAGE = gateway/web/pickup

$(OUT)/gen/pickup_page.h: gateway/web/embed $(wildcard $(PICKUP_PAGE)/* gateway/web/shared/*)
	@echo "  EMBED $@"
	$(Q)gateway/web/embed $(PICKUP_PAGE) pickup_page $@

$(OUT)/gateway/pickup/page.o: $(OUT)/gen/pickup_page.h
