/*
 * patient.h -- REPORT_OPEN.patient: whose report it is, as 32 bytes that only
 * intake can make (keyed hashes) and that the vault can compare.
 *
 *   0-15   birth name, first name, birth date; folded
 *   16-19  the kind of the identifier: its type and who gave it; 0: none
 *   20-31  the identifier
 */
#ifndef IPC_PATIENT_H
#define IPC_PATIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	PATIENT_BYTES = 32, PATIENT_NAMES = 16, PATIENT_KIND = 4,
	PATIENT_NUMBER = PATIENT_NAMES + PATIENT_KIND
};

/*
 * True where they are two persons: other names, or two different identifiers
 * of one kind.  An identifier that only one has, or identifiers of two kinds,
 * say nothing: not every message brings the same ones.
 */
static inline bool
patient_differs(const uint8_t a[static PATIENT_BYTES],
    const uint8_t b[static PATIENT_BYTES])
{
	static const uint8_t none[PATIENT_KIND];

	if (memcmp(a, b, PATIENT_NAMES) != 0)
		return true;
	return memcmp(a + PATIENT_NAMES, none, PATIENT_KIND) != 0 &&
	    memcmp(a + PATIENT_NAMES, b + PATIENT_NAMES, PATIENT_KIND) == 0 &&
	    memcmp(a + PATIENT_NUMBER, b + PATIENT_NUMBER,
	    PATIENT_BYTES - PATIENT_NUMBER) != 0;
}

#endif
