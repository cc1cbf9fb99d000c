UNIT += clock/clock_test
clock/clock_test_SRCS = clock/clock.c
