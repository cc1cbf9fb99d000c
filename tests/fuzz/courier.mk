# What stores, and those who log in to them, answer.
FUZZ += login_fuzz

login_fuzz_SRCS = \
    base/arena.c \
    base/json_writer.c \
    base/base64.c \
    base/wipe.c \
    config/address.c \
    config/remote.c \
    courier/dialect_keystone.c \
    courier/dialect_swift.c \
    courier/dialect_text.c \
    wire/charset.c \
    wire/charset_tables.c \
    wire/json_tree.c \
    wire/scan.c \
    wire/uri.c
login_fuzz_CPPFLAGS = -Ibuild/x86_64/gen -idirafter $(SYSROOT)/include

# What S3 stores answer in XML.
FUZZ += s3_answer_fuzz

s3_answer_fuzz_SRCS = courier/s3_answer.c wire/xml_scan.c
