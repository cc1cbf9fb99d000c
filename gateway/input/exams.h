/*
 * exams.h -- which class of examinations a branch of the laboratory is: what
 * a breach report may say of a bundle (ipc/release.h).
 */
#ifndef INPUT_EXAMS_H
#define INPUT_EXAMS_H

#include "base/span.h"

/* HL70074 (OBR-24) -> enum exams; what is not in the table is OTHER. */
unsigned exams_of_section(struct span section);

#endif
