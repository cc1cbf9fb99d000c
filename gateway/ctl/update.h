/*
 * update.h -- `guichet update apply FILE`, `status` and `rollback`: a signed
 * container into the slot that does not run, and back.
 */
#ifndef CTL_UPDATE_H
#define CTL_UPDATE_H

/* `argv` starts with the verb's noun, "update"; the exit code. */
int update_run(int argc, char **argv);

#endif
