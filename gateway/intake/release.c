#include "intake/release.h"

enum { DAY_S = 86400, FRIDAY = 5 };

struct rule {
	const char *code;
	enum verdict verdict;
	const char *reason;
	enum observation_status status;
};

/* HL70085.  O and N say that there is no result; what they belong to is not
 * finished.  U points at a result of an earlier message. */
static const struct rule result_rules[] = {
	{ "F", VERDICT_DELIVER, NULL, OBSERVATION_FINAL },
	{ "C", VERDICT_DELIVER, NULL, OBSERVATION_CORRECTED },
	{ "A", VERDICT_DELIVER, NULL, OBSERVATION_AMENDED },
	{ "B", VERDICT_DELIVER, NULL, OBSERVATION_AMENDED },
	{ "V", VERDICT_DELIVER, NULL, OBSERVATION_FINAL },
	{ "D", VERDICT_VOID, "OBX-11 D", OBSERVATION_ENTERED_IN_ERROR },
	{ "X", VERDICT_VOID, "OBX-11 X", OBSERVATION_CANCELLED },
	{ "W", VERDICT_WRONG, "OBX-11 W", OBSERVATION_ENTERED_IN_ERROR },
	{ "P", VERDICT_WITHHOLD, "OBX-11 P", OBSERVATION_PRELIMINARY },
	{ "R", VERDICT_WITHHOLD, "OBX-11 R", OBSERVATION_PRELIMINARY },
	{ "S", VERDICT_WITHHOLD, "OBX-11 S", OBSERVATION_PRELIMINARY },
	{ "I", VERDICT_WITHHOLD, "OBX-11 I", OBSERVATION_REGISTERED },
	{ "O", VERDICT_WITHHOLD, "OBX-11 O", OBSERVATION_REGISTERED },
	{ "N", VERDICT_WITHHOLD, "OBX-11 N", OBSERVATION_REGISTERED },
	{ "U", VERDICT_WITHHOLD, "OBX-11 U", OBSERVATION_FINAL },
};

/* HL70123. */
static const struct rule order_rules[] = {
	{ "F", VERDICT_DELIVER, NULL, OBSERVATION_FINAL },
	{ "C", VERDICT_DELIVER, NULL, OBSERVATION_CORRECTED },
	{ "X", VERDICT_VOID, "OBR-25 X", OBSERVATION_CANCELLED },
	{ "A", VERDICT_WITHHOLD, "OBR-25 A", OBSERVATION_PRELIMINARY },
	{ "M", VERDICT_WITHHOLD, "OBR-25 M", OBSERVATION_PRELIMINARY },
	{ "P", VERDICT_WITHHOLD, "OBR-25 P", OBSERVATION_PRELIMINARY },
	{ "R", VERDICT_WITHHOLD, "OBR-25 R", OBSERVATION_PRELIMINARY },
	{ "I", VERDICT_WITHHOLD, "OBR-25 I", OBSERVATION_REGISTERED },
	{ "N", VERDICT_WITHHOLD, "OBR-25 N", OBSERVATION_REGISTERED },
	{ "O", VERDICT_WITHHOLD, "OBR-25 O", OBSERVATION_REGISTERED },
	{ "S", VERDICT_WITHHOLD, "OBR-25 S", OBSERVATION_REGISTERED },
	{ "Y", VERDICT_WITHHOLD, "OBR-25 Y", OBSERVATION_UNKNOWN },
	{ "Z", VERDICT_WITHHOLD, "OBR-25 Z", OBSERVATION_UNKNOWN },
};

/* HL70909: in range, out of range, and where OBX-8 does not tell. */
static const struct {
	const char *code;
	enum verdict normal, abnormal, unsaid;
	const char *reason;
} category_rules[] = {
	{ "SIMM", VERDICT_DELIVER, VERDICT_DELIVER, VERDICT_DELIVER, NULL },
	{ "SID",  VERDICT_DELAY, VERDICT_DELAY, VERDICT_DELAY, "OBX-26 SID" },
	{ "SIDC", VERDICT_DELAY, VERDICT_WITHHOLD, VERDICT_WITHHOLD,
	    "OBX-26 SIDC" },
	{ "SWNL", VERDICT_DELIVER, VERDICT_DELAY, VERDICT_DELAY,
	    "OBX-26 SWNL" },
	{ "STBD", VERDICT_WITHHOLD, VERDICT_WITHHOLD, VERDICT_WITHHOLD,
	    "OBX-26 STBD" },
	{ "SWTH", VERDICT_WITHHOLD, VERDICT_WITHHOLD, VERDICT_WITHHOLD,
	    "OBX-26 SWTH" },
};

/* Code systems in which only genetics is written: HGNC, HGVS, dbSNP, ISCN. */
static const char *const genetic_systems[] = {
	"urn:oid:2.16.840.1.113883.6.281", "urn:oid:2.16.840.1.113883.6.282",
	"urn:oid:2.16.840.1.113883.6.284", "urn:oid:2.16.840.1.113883.6.299",
};

/* LOINC of genetic reports: panels, assessments, the common single genes. */
static const char *const genetic_loincs[] = {
	"21639-0", "21640-8", "21654-9", "21667-1", "21668-9", "21695-2",
	"21696-0", "24476-4", "29770-5", "33893-9",
	"36908-2", "48002-0", "48003-8", "48004-6", "48005-3", "48006-1",
	"48008-7", "48018-6", "48019-4", "51958-7", "51959-5", "51968-6",
	"51969-4", "53034-5", "53037-8", "55208-3", "55232-3", "55233-1",
	"62374-4", "69548-6", "81247-9", "81250-3",
	"81251-1", "81252-9", "81290-9", "81291-7", "82121-5",
};

static const struct rule *
find(const struct rule *rules, size_t n, struct span code)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(code, rules[i].code))
			return &rules[i];
	return NULL;
}

static bool
is_final(struct span order_status)
{
	return span_is(order_status, "F") || span_is(order_status, "C");
}

/* --- one line ------------------------------------------------------------ */

struct judgement {
	enum verdict verdict;
	const char *reason;
};

static void
raise_to(struct judgement *j, enum verdict verdict, const char *reason)
{
	if (verdict <= j->verdict)
		return;
	j->verdict = verdict;
	j->reason = reason;
}

static void
judge_result(struct judgement *j, const struct release_line *line)
{
	const struct rule *rule = find(result_rules, COUNT(result_rules),
	    line->result_status);

	if (rule != NULL)
		raise_to(j, rule->verdict, rule->reason);
	else if (line->result_status.len > 0)
		raise_to(j, VERDICT_WITHHOLD, "OBX-11 unknown");
	else if (is_final(line->order_status))
		raise_to(j, VERDICT_DELIVER, NULL);
	else
		raise_to(j, VERDICT_WITHHOLD, "OBX-11 absent");
}

static void
judge_order(struct judgement *j, const struct release_line *line)
{
	const struct rule *rule = find(order_rules, COUNT(order_rules),
	    line->order_status);

	if (line->order_status.len == 0)
		return;
	if (rule == NULL)
		raise_to(j, VERDICT_WITHHOLD, "OBR-25 unknown");
	else
		raise_to(j, rule->verdict, rule->reason);
}

static bool
has_flag(const struct release_line *line, const char *code)
{
	for (size_t i = 0; i < line->n_flags; i++)
		if (span_is(line->flags[i].code, code))
			return true;
	return false;
}

static void
judge_category(struct judgement *j, const struct release_line *line)
{
	bool normal = line->n_flags == 1 && has_flag(line, "N");

	if (line->category.len == 0)
		return;
	for (size_t i = 0; i < COUNT(category_rules); i++) {
		if (!span_is(line->category, category_rules[i].code))
			continue;
		raise_to(j, line->n_flags == 0 ? category_rules[i].unsaid
		    : normal ? category_rules[i].normal
		    : category_rules[i].abnormal, category_rules[i].reason);
		return;
	}
	raise_to(j, VERDICT_WITHHOLD, "OBX-26 unknown");
}

/* See release.h. */
enum verdict
release_judge(const struct release_line *line, const char **reason)
{
	struct judgement j = { VERDICT_NONE, NULL };

	if (line->has_result)
		judge_result(&j, line);
	judge_order(&j, line);
	judge_category(&j, line);
	if (span_is(line->order_control, "CA"))
		raise_to(&j, VERDICT_VOID, "ORC-1 CA");
	if (has_flag(line, "HM"))
		raise_to(&j, VERDICT_WITHHOLD, "OBX-8 HM");
	if (has_flag(line, "QCF"))
		raise_to(&j, VERDICT_WITHHOLD, "OBX-8 QCF");
	if (line->genetic)
		raise_to(&j, VERDICT_WITHHOLD, "genetic test");
	/* A cancelled order is void whatever its lines still say. */
	if (j.verdict == VERDICT_WITHHOLD &&
	    (span_is(line->order_control, "CA") ||
	    span_is(line->order_status, "X") ||
	    span_is(line->result_status, "D") ||
	    span_is(line->result_status, "X")))
		j = (struct judgement){ VERDICT_VOID, "cancelled" };
	*reason = j.reason;
	return j.verdict;
}

/* See release.h. */
enum release
release_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_WITHHOLD: return RELEASE_WITHHOLD;
	case VERDICT_VOID:     return RELEASE_WITHDRAW;
	case VERDICT_WRONG:    return RELEASE_INCIDENT;
	default:               return RELEASE_DELIVER;
	}
}

/* See release.h. */
bool
release_is_genetic(struct span section, const struct coded *code)
{
	if (span_is(section, "GE") || span_is(section, "CG"))
		return true;
	for (size_t i = 0; i < COUNT(genetic_systems); i++)
		if (span_is(code->system, genetic_systems[i]) ||
		    span_is(code->alternate_system, genetic_systems[i]))
			return true;
	for (size_t i = 0; i < COUNT(genetic_loincs); i++)
		if ((span_is(code->system, "http://loinc.org") &&
		    span_is(code->code, genetic_loincs[i])) ||
		    (span_is(code->alternate_system, "http://loinc.org") &&
		    span_is(code->alternate_code, genetic_loincs[i])))
			return true;
	return false;
}

/* --- the whole report ---------------------------------------------------- */

static bool
one_of(struct span code, const char *codes)
{
	return code.len == 1 && memchr(codes, code.ptr[0], strlen(codes)) != NULL;
}

/* See release.h. */
void
release_add(struct release_sum *sum, const struct release_line *line)
{
	const char *reason;
	enum verdict verdict = release_judge(line, &reason);

	sum->lines[verdict]++;
	if (verdict > sum->strictest) {
		sum->strictest = verdict;
		sum->reason = reason;
	}
	sum->preliminary |= verdict == VERDICT_WITHHOLD &&
	    (one_of(line->result_status, "PRSIONU") ||
	    (line->order_status.len > 0 && !is_final(line->order_status)));
	sum->corrected |= one_of(line->result_status, "CAD") ||
	    span_is(line->order_status, "C");
	sum->appended |= span_is(line->result_status, "B");
}

/* See release.h. */
void
release_hide(struct release_sum *sum, const char *reason)
{
	sum->hidden = true;
	if (sum->strictest <= VERDICT_WITHHOLD) {
		sum->strictest = VERDICT_WITHHOLD;
		sum->reason = reason;
	}
}

/* See release.h. */
bool
release_has_lines(const struct release_sum *sum)
{
	unsigned lines = 0;

	for (size_t i = VERDICT_DELIVER; i < COUNT(sum->lines); i++)
		lines += sum->lines[i];
	return lines > 0;
}

/* The same time on the next day from Monday to Friday. */
static uint64_t
next_business_day(uint64_t now_s)
{
	uint64_t next = now_s + DAY_S;
	uint64_t weekday = (next / DAY_S + 4) % 7;	/* 1970-01-01: 4 */

	if (weekday == 0)
		return next + DAY_S;
	return weekday > FRIDAY ? next + 2 * DAY_S : next;
}

static enum bundle_status
status_of(const struct release_sum *sum)
{
	if (sum->preliminary)
		return BUNDLE_PRELIMINARY;
	if (sum->corrected)
		return BUNDLE_CORRECTED;
	return sum->appended ? BUNDLE_APPENDED : BUNDLE_FINAL;
}

static enum release
whole_release(const struct release_sum *sum)
{
	if (sum->lines[VERDICT_WRONG] > 0)
		return RELEASE_INCIDENT;
	if (sum->lines[VERDICT_WITHHOLD] == 0 && sum->lines[VERDICT_VOID] > 0 &&
	    sum->lines[VERDICT_DELIVER] + sum->lines[VERDICT_DELAY] == 0)
		return RELEASE_WITHDRAW;
	if (sum->lines[VERDICT_WITHHOLD] > 0 || sum->hidden)
		return RELEASE_WITHHOLD;
	return RELEASE_DELIVER;
}

/* See release.h. */
void
release_decide(const struct release_sum *sum, uint64_t now_ms,
    struct report *report)
{
	report->release = whole_release(sum);
	report->release_reason = report->release == RELEASE_DELIVER &&
	    sum->strictest == VERDICT_VOID ? NULL : sum->reason;
	report->status = status_of(sum);
	report->opens_s = 0;
	if (report->release == RELEASE_WITHDRAW ||
	    report->release == RELEASE_INCIDENT)
		report->status = BUNDLE_WITHDRAWN;
	else if (sum->lines[VERDICT_DELAY] > 0)
		report->opens_s = next_business_day(now_ms / 1000);
}

/* See release.h. */
enum observation_status
release_result_status(struct span obx_11)
{
	const struct rule *rule = find(result_rules, COUNT(result_rules),
	    obx_11);

	return rule == NULL ? OBSERVATION_UNKNOWN : rule->status;
}

/* See release.h. */
enum observation_status
release_order_status(struct span obr_25)
{
	const struct rule *rule = find(order_rules, COUNT(order_rules), obr_25);

	return rule == NULL ? OBSERVATION_UNKNOWN : rule->status;
}
