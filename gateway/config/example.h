/* example.h -- the commented example file, made from keys.def. */
#ifndef CONFIG_EXAMPLE_H
#define CONFIG_EXAMPLE_H

#include <stdio.h>

/* Every key with its comment and its default, commented out. */
void config_example(FILE *to);

#endif
