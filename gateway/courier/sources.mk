courier_SRCS = \
    bounces.c \
    courier.c \
    dialect.c \
    dialect_keystone.c \
    dialect_s3.c \
    dialect_swift.c \
    dialect_text.c \
    drop_check.c \
    drop_findings.c \
    http_call.c \
    http_head.c \
    http_pool.c \
    link.c \
    mail.c \
    mail_session.c \
    mail_verdict.c \
    policy.c \
    push.c \
    s3_answer.c \
    sigv4.c \
    sms.c \
    sms_verdict.c \
    store.c \
    store_answer.c \
    store_login.c \
    texts.c
