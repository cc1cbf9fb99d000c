# Our patches to third parties: each test fails without its patch.
UNIT += sdk/bearssl_patches_test
sdk/bearssl_patches_test_LIBS = bearssl
