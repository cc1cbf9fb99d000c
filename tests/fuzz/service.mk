# What comes by the service port.
FUZZ += line_fuzz slip_fuzz

line_fuzz_SRCS = wire/line.c wire/slip.c
slip_fuzz_SRCS = wire/slip.c
