# What guichet-health is told by intake.
FUZZ += output_fuzz
output_fuzz_THIRD_SRCS = firmware/health/output.c
output_fuzz_CPPFLAGS   = -Ifirmware
