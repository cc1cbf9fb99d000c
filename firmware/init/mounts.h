/* mounts.h -- the kernel's file systems, what the kernel is told once, and
 * where init's own lines go. */
#ifndef INIT_MOUNTS_H
#define INIT_MOUNTS_H

/* As far as it goes: what is refused is said, and the box goes on. */
void mounts_make(void);

#endif
