/* HPRIM Santé: whose copy the patient gets, and files beside the file. */
#include "hprim_file.h"
#include "tap.h"

/* "%PDF-1.4 x" and "%PDF-1.4 y" in base64. */
#define PDF_X "JVBERi0xLjQgeA=="
#define PDF_Y "JVBERi0xLjQgeQ=="

static const struct report *
report(void)
{
	return &parsed.reports[0];
}

static enum status
with(const char *lines)
{
	char text[4096];

	snprintf(text, sizeof(text), H P OBR "%s" L, lines);
	return sante(text);
}

static bool
is_only_document(const char *bytes)
{
	return parsed.n_reports == 1 && report()->n_documents == 1 &&
	    span_is(report()->documents[0].bytes, bytes);
}

/* --- exemplars ----------------------------------------------------------- */

/* "%PDF-1.4 P" and so on: each letter's own document. */
#define CRP "OBX|1|PDF|CRPPDF~Patient||JVBERi0xLjQgUA==\n"
#define CRM "OBX|1|PDF|CRMPDF~Docteur||JVBERi0xLjQgTQ==\n"
#define CRL "OBX|1|PDF|CRLPDF~Labo||JVBERi0xLjQgTA==\n"
#define CRA "OBX|1|PDF|CRAPDF~Autre||JVBERi0xLjQgQQ==\n"

static void
test_exemplars(void)
{
	static const struct {
		const char *lines, *patient, *any;
	} row[] = {
		{ CRP, "P", "P" }, { CRM, "", "M" }, { CRL, "", "L" },
		{ CRA, "", "A" }, { CRM CRP, "P", "P" }, { CRL CRM CRP CRA,
		    "P", "P" }, { CRA CRM, "", "A" }, { CRM CRA, "", "M" },
	};
	char bytes[16];

	for (int any = 0; any < 2; any++)
		for (size_t i = 0; i < COUNT(row); i++) {
			const char *letter = any ? row[i].any : row[i].patient;

			source.hprim_any = any != 0;
			snprintf(bytes, sizeof(bytes), "%%PDF-1.4 %s", letter);
			ok(with(row[i].lines) == ST_OK && (letter[0] == '\0'
			    ? report()->n_documents == 0 &&
			    report()->release == RELEASE_WITHHOLD
			    : is_only_document(bytes) &&
			    report()->release == RELEASE_DELIVER),
			    "R36 exemplars %zu, hprim_exemplar = %s: %s", i,
			    any ? "any" : "patient",
			    letter[0] == '\0' ? "nothing (R30)" : letter);
		}
	source_init();
}

static void
test_other_copies(void)
{
	const struct report *r;

	ok(with(CRM) == ST_OK, "only a doctor's copy");
	r = report();
	ok(r->holds == HOLD_HIDDEN && r->panels[0].n_observations == 1 &&
	    r->panels[0].observations[0].value.kind == VALUE_ABSENT &&
	    r->n_documents == 0,
	    "R30 is withheld for good, and nothing of it is in the bundle");
	ok(with(OBX CRM) == ST_OK && report()->release == RELEASE_DELIVER &&
	    report()->n_documents == 0 &&
	    report()->panels[0].n_observations == 1,
	    "R30 results go out without the doctor's copy");
	ok(with(CRP "OBX|2|PDF|CRMPDF||" PDF_X "||||||P\n") == ST_OK &&
	    report()->release == RELEASE_DELIVER,
	    "R36 another copy's status is nothing to the patient's");
	ok(with("OBX|1|PDF|CRPPDF||" PDF_X "||||||P\n") == ST_OK &&
	    report()->release == RELEASE_WITHHOLD,
	    "R36 a preliminary patient's copy is withheld");
	ok(with("OBX|1|PDF|CRPPDF||" PDF_X "||||||D\n") == ST_OK &&
	    report()->release == RELEASE_WITHDRAW && report()->n_documents == 0,
	    "R32 a deleted one withdraws the report");
	ok(with("OBX|1|PDF|IMAGE~Courbe||" PDF_X "\n" OBX) == ST_OK &&
	    report()->n_documents == 0,
	    "R36 a document that does not say whose it is goes to nobody");
	source.hprim_any = true;
	ok(with("OBX|1|PDF|IMAGE~Courbe||" PDF_X "\n" OBX) == ST_OK &&
	    is_only_document("%PDF-1.4 x") &&
	    span_is(report()->documents[0].title, "Courbe"),
	    "R36 but where the source allows any");
	source_init();
}

static void
test_pictures(void)
{
	ok(with("OBX|1|TIF|CRPTIF||SUkqAA==\n" OBX) == ST_OK &&
	    report()->n_documents == 0 &&
	    (parsed.warnings & WARN_ATTACHMENT) != 0,
	    "R36 a TIF cannot be shown: left out, with a warning");
	ok(refused(with("OBX|1|TIF|CRPTIF||SUkqAA==\n"), 103, 6, "line 4"),
	    "R36 nothing but a TIF is refused");
	ok(with("OBX|1|TIF|CRPTIF||SUkqAA==\n" CRM) == ST_OK &&
	    report()->release == RELEASE_WITHHOLD,
	    "R36 with a doctor's copy it is that there is none for him");
}

static void
test_body(void)
{
	static const char body[] = "OBX|1|TX|CREDITABLE~CR||Un^Deux\n";
	const struct observation *o;
	char lines[512];

	ok(with(body) == ST_OK && report()->release == RELEASE_WITHHOLD &&
	    report()->panels[0].observations[0].value.kind == VALUE_ABSENT,
	    "R36 the laboratory's own text is not the patient's");
	snprintf(lines, sizeof(lines), "%s" OBX, body);
	ok(with(lines) == ST_OK && report()->panels[0].n_observations == 1 &&
	    report()->release == RELEASE_DELIVER, "R36 results go out without it");
	source.hprim_any = true;
	ok(with(body) == ST_OK && report()->release == RELEASE_DELIVER,
	    "R36 where any copy will do it is");
	o = &report()->panels[0].observations[0];
	ok(o->value.kind == VALUE_TEXT && span_is(o->value.text, "Un\nDeux"),
	    "R36 as a text with its lines");
	snprintf(lines, sizeof(lines), "%s" CRM, body);
	ok(with(lines) == ST_OK && is_only_document("%PDF-1.4 M") &&
	    report()->panels[0].n_observations == 0,
	    "R36 but not beside a document");
	source_init();
}

static void
test_pdf(void)
{
	ok(with("OBX|1|PDF|CRPPDF||JVBE\nA|Ri0xLjQg\nA|eA==\n") == ST_OK &&
	    is_only_document("%PDF-1.4 x"), "R36 base64 over addenda");
	ok(with("OBX|1|PDF|CRPPDF||JVBERi0x\nLjQgeA==\n") == ST_OK &&
	    is_only_document("%PDF-1.4 x"), "R36 base64 over lines");
	ok(with("OBX|1|ST|CRPPDF||" PDF_X "\n") == ST_OK &&
	    is_only_document("%PDF-1.4 x"), "R36 whatever 10.3 says of it");
	ok(refused(with("OBX|1|PDF|CRPPDF||SGVsbG8=\n"), 102, 6, "line 4"),
	    "R36 what is no PDF is refused");
	ok(refused(with("OBX|1|PDF|CRPPDF||!!!!\n"), 102, 6, "line 4"),
	    "R36 and what is no base64");
	ok(refused(with("OBX|1|PDF|CRPPDF||\n"), 102, 6, "line 4"),
	    "R36 and what is empty");
	ok(with(CRP CRP) == ST_OK && report()->n_documents == 2,
	    "R36 two patient's copies are two documents");
}

/* --- files beside the file ----------------------------------------------- */

#define FIC(name) "OBX|1|FIC|CRPFICPDF~CR||APP~" name "~PDF\n"

static void
give(const char *name, const char *bytes)
{
	pieces[n_pieces++] = (struct input_piece){ span_of(name),
	    span_of(bytes) };
}

static void
test_wants(void)
{
	ok(with(FIC("CR1.PDF")) == ST_NOT_FOUND &&
	    span_is(parsed.wants, "CR1.PDF") && parsed.n_reports == 0 &&
	    parsed.reply.code == HL7_AE,
	    "R36 a named file that is not there is asked for");
	ok(strstr(answer(&input_hprim_sante), "n'est pas arrivé") != NULL,
	    "R36 and if it never comes, that is why");
	give("OTHER.PDF", "%PDF-1.4 o");
	ok(with(FIC("CR1.PDF")) == ST_NOT_FOUND, "R36 another one will not do");
	give("CR1.PDF", "%PDF-1.4 file");
	ok(with(FIC("CR1.PDF")) == ST_OK && is_only_document("%PDF-1.4 file"),
	    "R36 with it, its bytes are the document");
	ok(with(FIC("cr1.pdf")) == ST_OK && is_only_document("%PDF-1.4 file"),
	    "R36 capitals are no difference");
	ok(with(FIC("CR1.PDF") FIC("CR2.PDF")) == ST_NOT_FOUND &&
	    span_is(parsed.wants, "CR2.PDF"), "R36 one after the other");
	give("CR2.PDF", "%PDF-1.4 two");
	ok(with(FIC("CR1.PDF") FIC("CR2.PDF")) == ST_OK &&
	    report()->n_documents == 2, "R36 until all are there");
	give("BAD.PDF", "MZ");
	ok(refused(with(FIC("BAD.PDF")), 102, 6, "line 4"),
	    "R36 a named file that is no PDF is refused");
	n_pieces = 0;
}

static void
test_wants_only_what_is_delivered(void)
{
	ok(with("OBX|1|FIC|CRMFICPDF||A~DOC.PDF~PDF\n" OBX) == ST_OK &&
	    report()->n_documents == 0 && parsed.wants.len == 0,
	    "R36 a doctor's file is not asked for");
	ok(with("OBX|1|FIC|CRPFICTIF||A~DOC.TIF~TIF\n" OBX) == ST_OK &&
	    (parsed.warnings & WARN_ATTACHMENT) != 0 && parsed.wants.len == 0,
	    "R36 nor a picture");
	ok(with("OBX|1|FIC|TEXTE||A~AL213202.j1~TXT\n" OBX) == ST_OK &&
	    (parsed.warnings & WARN_ATTACHMENT) != 0 && parsed.wants.len == 0,
	    "R36 nor a text");
	ok(with("OBX|1|FIC|CRPFICPDF||A~CR1~\n") == ST_NOT_FOUND &&
	    span_is(parsed.wants, "CR1"), "R36 without a type the code tells");
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		bool good;
	} row[] = {
		{ "CR1.PDF", true }, { "CR 1.pdf", true }, { "CR\xc3\xa9.pdf",
		    true }, { "a", true }, { "-rf", true },
		{ "", false }, { ".", false }, { "..", false },
		{ ".hidden.pdf", false }, { "../CR1.PDF", false },
		{ "/etc/passwd", false }, { "a/b.pdf", false },
		{ "a\\b.pdf", false }, { "..\\b.pdf", false },
		{ "C:a.pdf", false }, { "a..b", false }, { " a.pdf", false },
		{ "a\x01.pdf", false }, { "a\x7f.pdf", false },
		{ "a\xff.pdf", false }, { "a\n.pdf", false },
	};
	char name[300];

	for (size_t i = 0; i < COUNT(row); i++)
		ok(hprim_is_file_name(span_of(row[i].name)) == row[i].good,
		    "R36 the name \"%s\" is %s", i < 15 ? row[i].name : "?",
		    row[i].good ? "plain" : "refused");
	memset(name, 'a', sizeof(name));
	ok(hprim_is_file_name((struct span){ (uint8_t *)name, 255 }) &&
	    !hprim_is_file_name((struct span){ (uint8_t *)name, 256 }),
	    "R36 255 bytes and no more");
	ok(!hprim_is_file_name((struct span){ (const uint8_t *)"a\0b", 3 }),
	    "R36 no NUL");
	ok(refused(with(FIC("../x.pdf")), 103, 6, "line 4"),
	    "R36 .. is refused with its line");
	ok(refused(with(FIC("\\E\\etc\\E\\x.pdf")), 103, 6, "line 4"),
	    "R36 escaped backslashes do not help");
	ok(refused(with(FIC("\\X2F\\etc\\X2F\\passwd")), 103, 6, "line 4"),
	    "R36 nor does a slash in hexadecimal");
	ok(refused(with("OBX|1|FIC|CRPFICPDF||A~~PDF\n"), 103, 6, "line 4"),
	    "R36 nor does no name");
}

static void
test_digest(void)
{
	uint8_t digest[32];

	give("CR1.PDF", "%PDF-1.4 old");
	ok(with(FIC("CR1.PDF")) == ST_OK, "a file and its PDF");
	memcpy(digest, parsed.digest, 32);
	pieces[0].bytes = span_of("%PDF-1.4 new");
	ok(with(FIC("CR1.PDF")) == ST_OK &&
	    memcmp(digest, parsed.digest, 32) != 0,
	    "R36 the same file with another PDF is another delivery");
	n_pieces = 0;
}

int
main(void)
{
	source_init();
	test_exemplars();
	test_other_copies();
	test_pictures();
	test_body();
	test_pdf();
	test_wants();
	test_wants_only_what_is_delivered();
	test_names();
	test_digest();
	return done_testing();
}
