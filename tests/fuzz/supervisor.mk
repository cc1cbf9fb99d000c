# Who may sign an update.
FUZZ += update_keys_fuzz
update_keys_fuzz_SRCS = base/hex.c supervisor/update_keys.c
