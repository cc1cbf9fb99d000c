# What a program links is what it can do.  Ours first, then third parties; and
# its own system-call filter (firmware/sdk/filters).
# The supervisor has no wire; intake no SQLCipher; the vault no HTTP; the
# courier, which alone connects out, neither jose nor card: it can open nothing.
PROGRAMS = guichetd guichet-intake guichet-vault guichet-pickup guichet-desk guichet-spool guichet-courier guichet

guichetd_LIBS       = supervisor ipc config os base                                uv
guichet-intake_LIBS = intake input fhir jose net wire card clock crypto ipc config os base    uv expat picohttpparser bearssl
guichet-vault_LIBS  = vault jose clock sqlcipher_provider crypto ipc config os base uv sqlcipher bearssl
guichet-pickup_LIBS = pickup net wire crypto ipc config os base                    uv jansson picohttpparser bearssl
guichet-desk_LIBS   = desk card jose crypto ipc config os base                     uv qrencode bearssl
guichet-spool_LIBS  = spool ipc config os base                                     uv
guichet-courier_LIBS = courier net wire crypto ipc config os base                  uv picohttpparser bearssl
guichet_LIBS        = ctl ipc wire config os base                                  uv

# SQLCipher's cryptography: a library of its own, so that the vault alone has it.
EXTRA_LIBRARIES += sqlcipher_provider
sqlcipher_provider_DIR  = crypto
sqlcipher_provider_SRCS = sqlcipher_provider.c
