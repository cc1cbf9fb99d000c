/* desk.h -- the commands that the desk carries out: all but `intake`. */
#ifndef CTL_DESK_H
#define CTL_DESK_H

/* Hands the arguments to the desk and prints what comes back; the exit
 * code. */
int desk_run(int argc, char **argv);

#endif
