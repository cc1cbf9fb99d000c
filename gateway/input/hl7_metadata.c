/* OBX that say something about the delivery itself, in the French document
 * flow (ANS: coding system MetaDMPMSS); see hl7_report.h. */
#include "input/hl7_report.h"

/*
 * What is not here changes nothing for a patient: MASQUE_PS hides from
 * professionals, DEST... and CORPSMAIL... are about mail, MODIF_CONF_CODE says
 * that one of these here is not what it was, and is read off them anyway.
 */
static const char *const hiding[] = {
	"INVISIBLE_PATIENT", "INVISIBLE_REP_LEGAUX",
};

/* See hl7_report.h. */
bool
hl7_metadata_read(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *obx)
{
	struct span code = hl7_first(hl7_field(obx, 3), &c->d);
	bool no = span_is(hl7_code(c, hl7_field(obx, 5)), "N");

	if (!span_is(hl7_component(code, &c->d, 3), "MetaDMPMSS"))
		return false;
	/* Only a clear no is none: better hidden than shown by mistake. */
	for (size_t i = 0; i < COUNT(hiding); i++)
		if (!no && span_is(hl7_component(code, &c->d, 1), hiding[i]))
			release_hide(&b->sum, hiding[i]);
	return true;
}
