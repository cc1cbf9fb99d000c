# Every test of the vault runs it whole, on a real database in a directory of
# its own; what each needs beyond its file is the rig and the vault itself.
VAULT_ALL_SRCS = $(filter-out vault/outbox.c vault/policy.c vault/process.c, \
                   $(vault_SRCS:%=vault/%)) \
                 $(clock_SRCS:%=clock/%) $(crypto_SRCS:%=crypto/%) \
                 crypto/sqlcipher_provider.c ipc/messages.c \
                 jose/compact.c jose/json_header.c jose/jwk.c jose/jws.c \
                 $(base_SRCS:%=base/%)

VAULT_TESTS = delivery_test desk_test pickup_test report_test share_test \
              store_test sweep_test throttle_test

define vault_test
UNIT += vault/$(1)
vault/$(1)_SRCS  = $$(VAULT_ALL_SRCS)
vault/$(1)_FAKES = vault_rig.c
vault/$(1)_LIBS  = sqlcipher bearssl
endef
$(foreach t,$(VAULT_TESTS),$(eval $(call vault_test,$(t))))

