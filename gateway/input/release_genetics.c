/* release_is_genetic() of release.h: the Code de la santé publique (R1131-1 and
 * following) lets a prescriber hand out what is said about somebody's genes,
 * and nobody else. */
#include "input/release.h"

#include "fhir/codes.h"

/* Code systems in which only genetics is written: HGNC, HGVS, dbSNP, ISCN. */
static const char *const genetic_systems[] = {
	"urn:oid:2.16.840.1.113883.6.281", "urn:oid:2.16.840.1.113883.6.282",
	"urn:oid:2.16.840.1.113883.6.284", "urn:oid:2.16.840.1.113883.6.299",
	"http://www.genenames.org", "http://varnomen.hgvs.org",
	"http://www.ncbi.nlm.nih.gov/clinvar",
};

/* LOINC classes CYTO, MOLPATH and HL7.GENETICS: panels, assessments, the
 * common genes.  Of some thousands; the words below find most others. */
static const char *const genetic_loincs[] = {
	"21636-6", "21637-4", "21638-2", "21639-0", "21640-8", "21654-9",
	"21667-1", "21668-9", "21695-2", "21696-0", "24476-4", "29770-5",
	"33893-9", "34519-9", "36908-2", "48002-0", "48003-8", "48004-6",
	"48005-3", "48006-1", "48008-7", "48018-6", "48019-4", "50619-6",
	"51958-7", "51959-5", "51968-6", "51969-4", "53034-5", "53037-8",
	"55208-3", "55232-3", "55233-1", "59041-4", "62345-4", "62374-4",
	"69548-6", "77314-3", "81247-9", "81250-3", "81251-1", "81252-9",
	"81290-9", "81291-7", "82121-5", "90256-9",
};

/* NABM chapter 2 (cytogenetics) and free fetal DNA. */
static const char *const genetic_nabms[] = {
	"0040", "0041", "0906", "0907", "4087", "4088",
};

/* Beginnings of words in labels, small letters without accents.  Not "gene",
 * "genome" or "genotype": those are as often a virus's. */
static const char *const genetic_words[] = {
	"brca", "caryotyp", "cftr", "chromosom", "cyp2", "cytogen", "dpni",
	"dpyd", "exome", "fmr1", "genetic", "genetiqu", "germline",
	"haplotyp", "heterozygo", "hfe", "hla", "homozygo", "karyotyp",
	"leiden", "mutation", "nipt", "oncogenet", "pharmacogen", "trisom",
};

static bool
one_of(struct span s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(s, list[i]))
			return true;
	return false;
}

static bool
is_genetic_code(struct span code, struct span system)
{
	if (system.len == 0)
		return false;
	if (span_is(system, SYSTEM_LOINC))
		return one_of(code, genetic_loincs, COUNT(genetic_loincs));
	if (span_is(system, SYSTEM_NABM))
		return one_of(code, genetic_nabms, COUNT(genetic_nabms));
	return one_of(system, genetic_systems, COUNT(genetic_systems));
}

/* The letter at `s` as the words have it; 0: none.  Accents: only those of
 * the words, U+00C8 to U+00CB and U+00E8 to U+00EB. */
static uint8_t
letter(struct span s, size_t *len)
{
	uint8_t c = s.ptr[0];

	*len = 1;
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A' + 'a');
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return c;
	if (c != 0xc3 || s.len < 2)
		return c < 0x80 ? 0 : c;
	*len = 2;
	return (s.ptr[1] & 0xdc) == 0x88 ? 'e' : c;
}

static bool
starts_with(struct span text, const char *word)
{
	size_t n;

	for (; *word != '\0'; word++) {
		if (text.len == 0 || letter(text, &n) != (uint8_t)*word)
			return false;
		text = span_slice(text, n, text.len);
	}
	return true;
}

static bool
is_genetic_word(struct span text, uint8_t first)
{
	for (size_t i = 0; i < COUNT(genetic_words); i++)
		if (genetic_words[i][0] == (char)first &&
		    starts_with(text, genetic_words[i]))
			return true;
	return false;
}

/* Labels longer than this say it in the beginning. */
enum { LABEL_MAX = 512 };

static bool
is_genetic_label(struct span text)
{
	bool in_word = false;
	size_t n;

	text = span_slice(text, 0, LABEL_MAX);
	while (text.len > 0) {
		uint8_t c = letter(text, &n);

		if (c != 0 && !in_word && is_genetic_word(text, c))
			return true;
		in_word = c != 0;
		text = span_slice(text, n, text.len);
	}
	return false;
}

/* See release.h. */
bool
release_is_genetic(struct span section, const struct coded *code)
{
	return span_is(section, "GE") || span_is(section, "CG") ||
	    is_genetic_code(code->code, code->system) ||
	    is_genetic_code(code->alternate_code, code->alternate_system) ||
	    is_genetic_label(code->display) ||
	    is_genetic_label(code->alternate_display) ||
	    is_genetic_label(code->text);
}
