/*
 * hold.h -- the laboratory's hold list: which results wait until a biologist
 * releases them (design: release.md "Hold list").  Pure.
 *
 * Whatever a report came as, this looks at it once more after its parser:
 * codes and labels of panels, results and documents.  One held line holds
 * the whole report.
 */
#ifndef INPUT_HOLD_H
#define INPUT_HOLD_H

#include "config/config.h"
#include "fhir/report.h"

/*
 * Applies the lists of `config`, hold.unknown, and what no configuration can
 * lift: genetic tests.  Adds to holds, and turns DELIVER into WITHHOLD, of
 * the report and of the lines that are the reason.  Lines that were taken
 * back hold nothing.
 */
void hold_apply(const struct config *config, struct report *report);

/* The list that names one of the codings or labels of `code`, or NULL. */
const struct config_hold *
hold_find(const struct config *config, const struct coded *code);

#endif
