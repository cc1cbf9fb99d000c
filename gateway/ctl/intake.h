/*
 * intake.h -- `guichet intake check FILE...` and `guichet intake tail`: what
 * would happen to these messages, what happens to those that come.
 */
#ifndef CTL_INTAKE_H
#define CTL_INTAKE_H

/* `argv` starts with the verb's noun, "intake"; the exit code. */
int intake_run(int argc, char **argv);

#endif
