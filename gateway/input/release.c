#include "input/release.h"

#include "input/calendar.h"

struct rule {
	const char *code;
	enum verdict verdict;
	unsigned hold;			/* enum hold, of WITHHOLD */
	const char *reason;
	enum observation_status status;
};

/* HL70085.  O and N say that there is no result; what they belong to is not
 * finished.  U points at a result of an earlier message. */
static const struct rule result_rules[] = {
	{ "F", VERDICT_DELIVER, 0, NULL, OBSERVATION_FINAL },
	{ "C", VERDICT_DELIVER, 0, NULL, OBSERVATION_CORRECTED },
	{ "A", VERDICT_DELIVER, 0, NULL, OBSERVATION_AMENDED },
	{ "B", VERDICT_DELIVER, 0, NULL, OBSERVATION_AMENDED },
	{ "V", VERDICT_DELIVER, 0, NULL, OBSERVATION_FINAL },
	{ "D", VERDICT_VOID, 0, "OBX-11 D", OBSERVATION_ENTERED_IN_ERROR },
	{ "X", VERDICT_VOID, 0, "OBX-11 X", OBSERVATION_CANCELLED },
	{ "W", VERDICT_WRONG, 0, "OBX-11 W", OBSERVATION_ENTERED_IN_ERROR },
	{ "P", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBX-11 P",
	    OBSERVATION_PRELIMINARY },
	{ "R", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBX-11 R",
	    OBSERVATION_PRELIMINARY },
	{ "S", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBX-11 S",
	    OBSERVATION_PRELIMINARY },
	{ "I", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBX-11 I",
	    OBSERVATION_REGISTERED },
	{ "O", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBX-11 O",
	    OBSERVATION_REGISTERED },
	{ "N", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBX-11 N",
	    OBSERVATION_REGISTERED },
	{ "U", VERDICT_CONFIRM, 0, "OBX-11 U", OBSERVATION_FINAL },
};

/* HL70123. */
static const struct rule order_rules[] = {
	{ "F", VERDICT_DELIVER, 0, NULL, OBSERVATION_FINAL },
	{ "C", VERDICT_DELIVER, 0, NULL, OBSERVATION_CORRECTED },
	{ "X", VERDICT_VOID, 0, "OBR-25 X", OBSERVATION_CANCELLED },
	{ "A", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 A",
	    OBSERVATION_PRELIMINARY },
	{ "M", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 M",
	    OBSERVATION_PRELIMINARY },
	{ "P", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 P",
	    OBSERVATION_PRELIMINARY },
	{ "R", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 R",
	    OBSERVATION_PRELIMINARY },
	{ "I", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 I",
	    OBSERVATION_REGISTERED },
	{ "N", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 N",
	    OBSERVATION_REGISTERED },
	{ "O", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 O",
	    OBSERVATION_REGISTERED },
	{ "S", VERDICT_WITHHOLD, HOLD_PRELIMINARY, "OBR-25 S",
	    OBSERVATION_REGISTERED },
	{ "Y", VERDICT_WITHHOLD, HOLD_UNKNOWN, "OBR-25 Y",
	    OBSERVATION_UNKNOWN },
	{ "Z", VERDICT_WITHHOLD, HOLD_UNKNOWN, "OBR-25 Z",
	    OBSERVATION_UNKNOWN },
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
	unsigned holds;
};

static void
raise_to(struct judgement *j, enum verdict verdict, unsigned hold,
    const char *reason)
{
	j->holds |= hold;
	if (verdict <= j->verdict)
		return;
	j->verdict = verdict;
	j->reason = reason;
}

static void
withhold(struct judgement *j, unsigned hold, const char *reason)
{
	raise_to(j, VERDICT_WITHHOLD, hold, reason);
}

static void
judge_result(struct judgement *j, const struct release_line *line)
{
	const struct rule *rule = find(result_rules, COUNT(result_rules),
	    line->result_status);

	if (rule != NULL)
		raise_to(j, rule->verdict, rule->hold, rule->reason);
	else if (line->result_status.len > 0)
		withhold(j, HOLD_UNKNOWN, "OBX-11 unknown");
	else if (is_final(line->order_status))
		raise_to(j, VERDICT_DELIVER, 0, NULL);
	else
		withhold(j, HOLD_UNKNOWN, "OBX-11 absent");
}

static void
judge_order(struct judgement *j, const struct release_line *line)
{
	const struct rule *rule = find(order_rules, COUNT(order_rules),
	    line->order_status);

	if (line->order_status.len == 0)
		return;
	if (rule == NULL)
		withhold(j, HOLD_UNKNOWN, "OBR-25 unknown");
	else
		raise_to(j, rule->verdict, rule->hold, rule->reason);
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
		enum verdict verdict;

		if (!span_is(line->category, category_rules[i].code))
			continue;
		verdict = line->n_flags == 0 ? category_rules[i].unsaid
		    : normal ? category_rules[i].normal
		    : category_rules[i].abnormal;
		raise_to(j, verdict, verdict == VERDICT_WITHHOLD ? HOLD_CATEGORY
		    : 0, category_rules[i].reason);
		return;
	}
	withhold(j, HOLD_CATEGORY, "OBX-26 unknown");
}

/* A cancelled order is void whatever its lines still say. */
static void
judge_cancelled(struct judgement *j, const struct release_line *line)
{
	if (j->verdict == VERDICT_WRONG)
		j->holds = 0;
	if (j->verdict == VERDICT_WRONG ||
	    (!span_is(line->order_control, "CA") &&
	    !span_is(line->order_status, "X") &&
	    !span_is(line->result_status, "D") &&
	    !span_is(line->result_status, "X")))
		return;
	j->holds = 0;
	if (j->verdict != VERDICT_VOID)
		*j = (struct judgement){ VERDICT_VOID, "cancelled", 0 };
}

static struct judgement
judge(const struct release_line *line)
{
	struct judgement j = { VERDICT_NONE, NULL, 0 };

	if (line->has_result)
		judge_result(&j, line);
	judge_order(&j, line);
	judge_category(&j, line);
	if (span_is(line->order_control, "CA"))
		raise_to(&j, VERDICT_VOID, 0, "ORC-1 CA");
	if (has_flag(line, "HM"))
		withhold(&j, HOLD_FLAG, "OBX-8 HM");
	if (has_flag(line, "QCF"))
		withhold(&j, HOLD_FLAG, "OBX-8 QCF");
	if (line->genetic)
		withhold(&j, HOLD_GENETIC, "genetic test");
	judge_cancelled(&j, line);
	return j;
}

/* See release.h. */
enum verdict
release_judge(const struct release_line *line, const char **reason)
{
	struct judgement j = judge(line);

	*reason = j.reason;
	return j.verdict;
}

/* See release.h. */
unsigned
release_holds(const struct release_line *line)
{
	return judge(line).holds;
}

/* See release.h. */
enum release
release_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CONFIRM:  return RELEASE_CONFIRM;
	case VERDICT_WITHHOLD: return RELEASE_WITHHOLD;
	case VERDICT_VOID:     return RELEASE_WITHDRAW;
	case VERDICT_WRONG:    return RELEASE_INCIDENT;
	default:               return RELEASE_DELIVER;
	}
}

/* --- the whole report ---------------------------------------------------- */

static bool
one_of(struct span code, const char *codes)
{
	return code.len == 1 && memchr(codes, code.ptr[0], strlen(codes)) != NULL;
}

static bool
is_unfinished(const struct release_line *line)
{
	return one_of(line->result_status, "PRSION") ||
	    (line->order_status.len > 0 && !is_final(line->order_status));
}

/* See release.h. */
void
release_add(struct release_sum *sum, const struct release_line *line)
{
	struct judgement j = judge(line);

	sum->lines[j.verdict]++;
	sum->holds |= j.holds;
	if (j.verdict > sum->strictest) {
		sum->strictest = j.verdict;
		sum->reason = j.reason;
	}
	sum->confirming += j.verdict < VERDICT_WRONG &&
	    j.verdict != VERDICT_VOID && span_is(line->result_status, "U");
	sum->preliminary |= j.verdict == VERDICT_WITHHOLD &&
	    is_unfinished(line);
	sum->corrected |= one_of(line->result_status, "CAD") ||
	    span_is(line->order_status, "C");
	sum->appended |= span_is(line->result_status, "B");
}

/* See release.h. */
void
release_hide(struct release_sum *sum, const char *reason)
{
	sum->holds |= HOLD_HIDDEN;
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
whole_release(const struct release_sum *sum, bool has_documents)
{
	unsigned live = sum->lines[VERDICT_DELIVER] +
	    sum->lines[VERDICT_CONFIRM] + sum->lines[VERDICT_DELAY] +
	    sum->lines[VERDICT_WITHHOLD];

	if (sum->lines[VERDICT_WRONG] > 0)
		return RELEASE_INCIDENT;
	if (live == 0 && sum->lines[VERDICT_VOID] > 0)
		return RELEASE_WITHDRAW;
	if (live > 0 && live == sum->confirming && !has_documents)
		return RELEASE_CONFIRM;
	if (sum->lines[VERDICT_WITHHOLD] > 0 || sum->holds != 0)
		return RELEASE_WITHHOLD;
	return RELEASE_DELIVER;
}

/* See release.h. */
void
release_decide(const struct release_sum *sum, uint64_t now_ms,
    struct report *report)
{
	enum release release = whole_release(sum, report->n_documents > 0);
	bool withdrawn = release == RELEASE_WITHDRAW ||
	    release == RELEASE_INCIDENT;

	report->release = release;
	report->release_reason = release == RELEASE_DELIVER ? NULL
	    : sum->reason;
	report->holds = release == RELEASE_WITHHOLD ||
	    release == RELEASE_CONFIRM ? sum->holds : 0;
	report->status = withdrawn ? BUNDLE_WITHDRAWN : status_of(sum);
	report->opens_s = 0;
	if (!withdrawn && sum->lines[VERDICT_DELAY] > 0)
		report->opens_s = calendar_next_business_day(now_ms / 1000);
}

/* --- lines that bring no value --------------------------------------------- */

/* See release.h. */
bool
release_removes(const struct observation *o)
{
	return o->release == RELEASE_WITHDRAW || o->release == RELEASE_INCIDENT;
}

/* See release.h. */
bool
release_confirms(const struct observation *o)
{
	return o->is_confirmed && !release_removes(o) &&
	    (o->holds & (HOLD_PRELIMINARY | HOLD_UNKNOWN | HOLD_HIDDEN)) == 0;
}

static void
empty_observation(struct observation *o)
{
	o->value = (struct value){ .kind = VALUE_ABSENT };
	o->flags = NULL;
	o->n_flags = 0;
	if (o->status != OBSERVATION_ENTERED_IN_ERROR)
		o->status = OBSERVATION_CANCELLED;
	else
		o->n_notes = 0;
}

/* See release.h. */
void
release_empty_removed(struct report *report)
{
	for (size_t i = 0; i < report->n_panels; i++) {
		struct panel *p = &report->panels[i];

		for (size_t k = 0; k < p->n_observations; k++)
			if (release_removes(&p->observations[k]))
				empty_observation(&p->observations[k]);
	}
}

/* How many of the first `end` observations stay. */
static size_t
staying(const struct panel *p, size_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < end; i++)
		n += !p->observations[i].is_confirmed;
	return n;
}

/* The index of a parent among those that stay; -1: it went. */
static int
new_index(const struct report *r, const struct panel *child)
{
	const struct panel *parent;
	size_t at = (size_t)child->parent_observation;

	if (child->parent_panel < 0 || child->parent_observation < 0)
		return child->parent_observation;
	parent = &r->panels[child->parent_panel];
	return parent->observations[at].is_confirmed ? -1
	    : (int)staying(parent, at);
}

/* See release.h. */
void
release_leave_out_confirmed(struct report *report)
{
	size_t confirmed = 0;

	for (size_t i = 0; i < report->n_panels; i++)
		confirmed += report->panels[i].n_observations -
		    staying(&report->panels[i],
		    report->panels[i].n_observations);
	if (confirmed == 0)
		return;
	for (size_t i = 0; i < report->n_panels; i++)
		report->panels[i].parent_observation = new_index(report,
		    &report->panels[i]);
	for (size_t i = 0; i < report->n_panels; i++) {
		struct panel *p = &report->panels[i];
		size_t kept = 0;

		for (size_t k = 0; k < p->n_observations; k++)
			if (!p->observations[k].is_confirmed)
				p->observations[kept++] = p->observations[k];
		p->n_observations = kept;
	}
}

/* --- FHIR ------------------------------------------------------------------ */

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
