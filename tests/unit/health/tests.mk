UNIT += health/plan_test

health/plan_test_OBJECTS = $(OUT)/firmware/health/plan.o
health/plan_test_SRCS = config/address.c config/networks.c

UNIT += health/output_test
health/output_test_OBJECTS = $(OUT)/firmware/health/output.o

UNIT += health/crowd_test
health/crowd_test_OBJECTS = $(OUT)/firmware/health/crowd.o
