/*
 * check.h -- the configuration as a person wrote it: guichetd's, who tells
 * what is wrong and looks into patterns.  Roles read what it left of that.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/config.h"

/* As config_parse(); every error says what is allowed. */
MUST_CHECK enum status
config_check(struct config *config, struct span text,
    struct config_error *error);

#endif
