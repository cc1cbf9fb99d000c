FUZZ += jwe_fuzz jws_fuzz

jwe_fuzz_SRCS = base/base64.c jose/compact.c jose/json_header.c
jws_fuzz_SRCS = base/base64.c jose/compact.c jose/json_header.c
