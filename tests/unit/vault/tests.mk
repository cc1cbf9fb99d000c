# Every test of the vault runs it whole, on a real database in a directory of
# its own; what each needs beyond its file is the rig and the vault itself.
VAULT_ALL_SRCS = $(filter-out vault/backlog.c vault/policy.c vault/process.c, \
                   $(vault_SRCS:%=vault/%)) \
                 $(clock_SRCS:%=clock/%) $(crypto_SRCS:%=crypto/%) \
                 crypto/sqlcipher_provider.c ipc/messages.c \
                 config/address.c config/remote.c \
                 jose/compact.c jose/json_header.c jose/jwk.c jose/jws.c \
                 $(base_SRCS:%=base/%)

VAULT_TESTS = delivery_test desk_test event_test hold_test job_test pickup_test policy_test \
              quarantine_test recovery_test report_test share_test store_test sweep_test \
              throttle_test

define vault_test
UNIT += vault/$(1)
vault/$(1)_SRCS  = $$(VAULT_ALL_SRCS)
vault/$(1)_FAKES = vault_rig.c
vault/$(1)_LIBS  = sqlcipher bearssl
endef

# Cards with addresses.
CONTACT_TESTS = alarm_test contact_test credential_test notice_test

define contact_test
$(call vault_test,$(1))
vault/$(1)_FAKES += contact_rig.c
endef
$(foreach t,$(CONTACT_TESTS),$(eval $(call contact_test,$(t))))

$(foreach t,$(VAULT_TESTS),$(eval $(call vault_test,$(t))))

# These bring a courier and a store of their own.
DROP_TESTS = outbox_test outbox_courier_test outbox_model_test
$(foreach t,$(DROP_TESTS),$(eval $(call vault_test,$(t))))
$(foreach t,$(DROP_TESTS),$(eval vault/$(t)_FAKES += drop_fake.c))

# These look at what the code under test asks of the kernel and the library.
$(OUT)/tests/unit/vault/credential_test: LDFLAGS += -Wl,--wrap=wipe
$(OUT)/tests/unit/vault/job_test:     LDFLAGS += -Wl,--wrap=wipe
$(OUT)/tests/unit/vault/recovery_test: LDFLAGS += -Wl,--wrap=pwrite
$(OUT)/tests/unit/vault/segment_test: LDFLAGS += -Wl,--wrap=fdatasync

UNIT += vault/audit_test vault/decision_test vault/keys_test vault/keystore_test \
        vault/merkle_test vault/notice_due_test vault/backlog_test vault/retry_test \
        vault/schema_test \
        vault/segment_test

VAULT_BASE = base/log.c base/status.c base/wipe.c

vault/audit_test_SRCS    = $(VAULT_ALL_SRCS)
vault/audit_test_FAKES   = vault_rig.c
vault/audit_test_LIBS    = sqlcipher bearssl
vault/decision_test_SRCS = vault/decision.c $(VAULT_BASE)
vault/keys_test_SRCS     = vault/keys.c $(crypto_SRCS:%=crypto/%) $(VAULT_BASE)
vault/keys_test_LIBS     = bearssl
vault/keystore_test_SRCS = vault/keystore.c crypto/random.c $(VAULT_BASE)
vault/notice_due_test_SRCS = vault/notice_due.c base/zone.c clock/clock.c crypto/random.c $(VAULT_BASE)
vault/merkle_test_SRCS   = vault/merkle.c base/hex.c $(crypto_SRCS:%=crypto/%) $(VAULT_BASE)
vault/merkle_test_LIBS   = bearssl
vault/backlog_test_SRCS   = vault/backlog.c ipc/messages.c $(VAULT_BASE)
vault/retry_test_SRCS   = vault/retry.c
vault/schema_test_SRCS   = vault/database.c vault/schema.c \
                           $(crypto_SRCS:%=crypto/%) \
                           crypto/sqlcipher_provider.c $(VAULT_BASE)
vault/schema_test_LIBS   = sqlcipher bearssl
vault/segment_test_SRCS  = vault/segment.c vault/keystore.c crypto/random.c $(VAULT_BASE)
