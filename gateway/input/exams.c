#include "input/exams.h"

#include "ipc/release.h"

/* See exams.h. */
unsigned
exams_of_section(struct span section)
{
	static const struct {
		const char *section;	/* HL70074 */
		unsigned exams;
	} row[] = {
		{ "CH", EXAMS_CHEMISTRY }, { "HM", EXAMS_HEMATOLOGY },
		{ "MB", EXAMS_MICROBIOLOGY }, { "MCB", EXAMS_MICROBIOLOGY },
		{ "MYC", EXAMS_MICROBIOLOGY }, { "PAR", EXAMS_MICROBIOLOGY },
		{ "VR", EXAMS_MICROBIOLOGY }, { "SR", EXAMS_SEROLOGY },
		{ "IMM", EXAMS_SEROLOGY }, { "GE", EXAMS_GENETICS },
		{ "CG", EXAMS_GENETICS },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(section, row[i].section))
			return row[i].exams;
	return EXAMS_OTHER;
}
