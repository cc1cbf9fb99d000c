/* terminal.h -- one command, its output and its exit code. */
#ifndef CTL_TERMINAL_H
#define CTL_TERMINAL_H

/*
 * Runs the command in argv against the desk at --socket PATH, else
 * $GUICHET_SOCKET, else /run/guichet/guichet.sock.
 *
 * Returns the command's exit code; 64 where the arguments cannot be sent;
 * 69 (EX_UNAVAILABLE) where the desk cannot be reached or leaves early.
 */
int terminal_run(int argc, char **argv);

#endif
