vault_SRCS = \
    audit.c \
    box.c \
    bundle.c \
    card.c \
    claim.c \
    commit.c \
    database.c \
    delivery.c \
    desk.c \
    job.c \
    keys.c \
    keystore.c \
    merkle.c \
    object.c \
    outbox.c \
    pickup.c \
    policy.c \
    process.c \
    report.c \
    schema.c \
    segment.c \
    share.c \
    staging.c \
    sweep.c \
    throttle.c \
    timekeeper.c \
    vault.c
