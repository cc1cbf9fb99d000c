UNIT += courier/texts_test
courier/texts_test_SRCS = courier/texts.c wire/gsm7.c
