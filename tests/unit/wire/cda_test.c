#include "wire/cda.h"

#include <stdlib.h>

#include "tap.h"

enum { ARENA_BYTES = 8 << 20 };

#define NS "xmlns=\"urn:hl7-org:v3\""
#define PDF "JVBERi0xLjQK"

static const uint8_t salt[CDA_SALT_BYTES] = { 7 };
static struct arena arena;
static struct cda_tree tree;

/* Reads `xml` in two pieces. */
static enum status
read_cut(struct span xml, size_t cut)
{
	arena_clear(&arena);
	arena_init(&arena, ARENA_BYTES);
	TRY(cda_tree_start(&tree, &arena, xml.len, salt));
	TRY(cda_tree_feed(&tree, span_slice(xml, 0, cut)));
	TRY(cda_tree_feed(&tree, span_slice(xml, cut, xml.len)));
	return cda_tree_end(&tree);
}

static enum status
read_text(const char *xml)
{
	return read_cut(span_of(xml), strlen(xml));
}

static const char document[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<?xml-stylesheet href=\"nowhere.xsl\"?><!-- a comment -->"
    "<c:ClinicalDocument xmlns:c=\"urn:hl7-org:v3\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
    "<c:id root=\"1.2\" extension=\"D2\"/>"
    "<c:title>R\xc3\xa9sultats &lt;du&gt; <![CDATA[jour & nuit]]></c:title>"
    "<c:effectiveTime value=\"20261121073000+0100\"/>"
    "<c:languageCode code=\" fr-FR \"/>"
    "<c:setId root=\"1.2\" extension=\"S1\"/>"
    "<c:versionNumber value=\"2\"/>"
    "<c:recordTarget><c:patientRole>"
    "<c:id root=\"1.2.250.1.213.1.4.8\" extension=\"279035121518989\"/>"
    "<c:id nullFlavor=\"NI\"/><c:id root=\"1.2.3\" extension=\"P1\"/>"
    "<c:patient><c:name><c:prefix>MME</c:prefix>"
    "<c:given>ZOE</c:given><c:given qualifier=\"BR\">ZO\xc3\x8b</c:given>"
    "<c:family qualifier=\"SP\">LEROY</c:family>"
    "<c:family qualifier=\"BR\">MARTIN</c:family></c:name>"
    "<c:administrativeGenderCode code=\"F\"/>"
    "<c:birthTime value=\"19790328\"/></c:patient>"
    "</c:patientRole></c:recordTarget>"
    "<c:author><c:assignedAuthor><c:representedOrganization>"
    "<c:name>LABO</c:name></c:representedOrganization></c:assignedAuthor>"
    "</c:author>"
    "<c:relatedDocument typeCode=\"RPLC\"><c:parentDocument>"
    "<c:id root=\"1.2\" extension=\"D1\"/></c:parentDocument>"
    "</c:relatedDocument>"
    "<c:component><c:structuredBody><c:component><c:section>"
    "<c:entry><c:observationMedia><c:value mediaType=\"Application/PDF\" "
    "representation=\"B64\">\n" PDF "\n</c:value></c:observationMedia>"
    "</c:entry><c:entry><c:observationMedia><c:value mediaType=\"image/png\">"
    "iVBO</c:value></c:observationMedia></c:entry>"
    "<c:entry><other xmlns=\"urn:x\"/></c:entry>"
    "</c:section></c:component></c:structuredBody></c:component>"
    "</c:ClinicalDocument>\n";

static void
test_a_head(void)
{
	struct cda cda;

	ok(read_text(document) == ST_OK && cda_read(tree.root, &cda) == ST_OK,
	    "R30 a document");
	ok(span_is(cda.id.extension, "D2") && span_is(cda.set_id.root, "1.2")
	    && span_is(cda.set_id.extension, "S1") && cda.version_number == 2,
	    "R30 id, setId, versionNumber");
	ok(cda.replaces && span_is(cda.parent_id.extension, "D1"),
	    "R30 what it replaces");
	ok(cda.n_patient_ids == 2 && span_is(cda.patient_ids[0].extension,
	    "279035121518989") && span_is(cda.patient_ids[1].root, "1.2.3"),
	    "R28 the patient's ids; what has no root is none");
	ok(span_is(cda.birth_name.family, "MARTIN") &&
	    span_is(cda.birth_name.given, "ZO\xc3\x8b") &&
	    span_is(cda.used_name.family, "LEROY") &&
	    span_is(cda.birth_name.prefix, "MME"), "names by their qualifiers");
	ok(span_is(cda.birth_time, "19790328") && span_is(cda.sex, "F") &&
	    span_is(cda.effective_time, "20261121073000+0100") &&
	    span_is(cda.language, "fr-FR") &&
	    span_is(cda.organization, "LABO"), "times, language, organization");
	ok(span_is(cda.title, "R\xc3\xa9sultats <du> jour & nuit"),
	    "a text in pieces: entities, CDATA, UTF-8");
	ok(cda.n_pdfs == 1 && span_is(cda.pdfs[0].base64, PDF) &&
	    cda.has_other_media && cda.body != NULL,
	    "R30 a PDF in an observationMedia; other media are seen");
	ok(cda_is(cda_child(cda_at(cda.body, "component/section/entry"),
	    "observationMedia"), "observationMedia"), "a path");
}

/* The same tree, whatever the cut. */
static bool
same_tree(const struct cda_node *a, const struct cda_node *b)
{
	const struct cda_node *top_a = a, *top_b = b;

	while (a != NULL && b != NULL) {
		if (!span_equal(a->name, b->name) ||
		    !span_equal(a->text, b->text))
			return false;
		a = cda_after(a, top_a);
		b = cda_after(b, top_b);
	}
	return a == NULL && b == NULL;
}

static void
test_every_split(void)
{
	struct span xml = { (const uint8_t *)document, sizeof(document) - 1 };
	struct cda_tree whole;
	struct arena kept;
	size_t bad = 0;

	arena_init(&kept, ARENA_BYTES);
	ok(cda_tree_start(&whole, &kept, xml.len, salt) == ST_OK &&
	    cda_tree_feed(&whole, xml) == ST_OK &&
	    cda_tree_end(&whole) == ST_OK, "a document at once");
	for (size_t cut = 0; cut <= xml.len; cut++)
		bad += read_cut(xml, cut) != ST_OK ||
		    !same_tree(whole.root, tree.root);
	ok(bad == 0, "R27 cut at any of %zu bytes: the same tree", xml.len);
	bad = 0;
	for (size_t len = 0; len < xml.len - 1; len++)
		bad += read_cut(span_slice(xml, 0, len), len) == ST_OK;
	ok(bad == 0, "R27 cut off anywhere: no document");
	arena_clear(&arena);
	arena_init(&arena, ARENA_BYTES);
	bad = cda_tree_start(&tree, &arena, 0, salt) != ST_OK;
	for (size_t i = 0; i < xml.len; i++)
		bad += cda_tree_feed(&tree, span_slice(xml, i, 1)) != ST_OK;
	ok(bad == 0 && cda_tree_end(&tree) == ST_OK &&
	    same_tree(whole.root, tree.root), "R27 byte by byte, size unknown");
	arena_clear(&kept);
}

static void
test_what_is_refused(void)
{
	static const struct {
		const char *claim, *xml;
		enum status st;
	} row[] = {
		{ "a document type", "<!DOCTYPE a SYSTEM \"http://x/\"><a/>",
		    ST_UNSUPPORTED },
		{ "an entity of its own", "<!DOCTYPE a [<!ENTITY b \"c\">]>"
		    "<a>&b;</a>", ST_UNSUPPORTED },
		{ "a parameter entity", "<!DOCTYPE a [<!ENTITY % b SYSTEM "
		    "\"file:///etc/passwd\"> %b;]><a/>", ST_UNSUPPORTED },
		{ "an entity that nobody declared", "<a>&b;</a>",
		    ST_MALFORMED },
		{ "an entity in an attribute", "<a b=\"&c;\"/>", ST_MALFORMED },
		{ "an unknown encoding", "<?xml version=\"1.0\" "
		    "encoding=\"EBCDIC\"?><a/>", ST_MALFORMED },
		{ "an attribute twice", "<a b=\"1\" b=\"2\"/>", ST_MALFORMED },
		{ "tags that cross", "<a><b></a></b>", ST_MALFORMED },
		{ "two roots", "<a/><b/>", ST_MALFORMED },
		{ "no UTF-8", "<a>\xe9</a>", ST_MALFORMED },
		{ "a NUL by number", "<a>&#0;</a>", ST_MALFORMED },
		{ "an unbound prefix", "<x:a/>", ST_MALFORMED },
		{ "nothing", "", ST_MALFORMED },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(read_text(row[i].xml) == row[i].st && tree.why != NULL,
		    "R30 refused: %s", row[i].claim);
	ok(read_text("<a>") == ST_MALFORMED && cda_tree_feed(&tree,
	    span_of("</a>")) == ST_MALFORMED, "and refused it stays");
}

/* `n` times `piece`, between `before` and `after`. */
static enum status
read_many(const char *before, const char *piece, size_t n, const char *after)
{
	size_t size = strlen(before) + n * strlen(piece) + strlen(after) + 1;
	char *xml = malloc(size);
	char *at = xml;
	enum status st;

	if (xml == NULL)
		abort();
	at = stpcpy(at, before);
	for (size_t i = 0; i < n; i++)
		at = stpcpy(at, piece);
	(void)!stpcpy(at, after);
	st = read_text(xml);
	free(xml);
	return st;
}

static void
test_limits(void)
{
	char many[CDA_ATTRIBUTES_MAX * 16 + 32] = "<a ";

	ok(read_many("", "<a>", CDA_DEPTH_MAX + 1, "") == ST_TOO_BIG,
	    "R27 too deep");
	ok(read_many("<a>", "<b/>", CDA_NODES_MAX, "</a>") == ST_TOO_BIG,
	    "R27 too many elements, or more than the arena has");
	for (int i = 0; i <= CDA_ATTRIBUTES_MAX; i++)
		sprintf(many + strlen(many), "a%d='' ", i);
	(void)!strcat(many, "/>");
	ok(read_text(many) == ST_TOO_BIG, "R27 too many attributes");
	ok(read_many("<a b=\"", "xxxxxxxxxxxxxxxx", 40000, "\"/>") ==
	    ST_TOO_BIG, "R27 an attribute longer than the parser's memory");
	ok(read_many("<a>", "JVBERi0xLjQK\n", 60000, "</a>") == ST_OK &&
	    cda_text(tree.root).len == 60000 * 13 - 1,
	    "a text may be long");
	arena_clear(&arena);
	arena_init(&arena, 1024);
	ok(cda_tree_start(&tree, &arena, 1, salt) == ST_TOO_BIG,
	    "an arena that is too small");
}

static void
test_odd_documents(void)
{
	struct cda cda;

	ok(read_text("<ClinicalDocument/>") == ST_OK &&
	    cda_read(tree.root, &cda) == ST_INVALID, "R30 another namespace");
	ok(read_text("<ClinicalDocument " NS "/>") == ST_OK &&
	    cda_read(tree.root, &cda) == ST_INVALID, "R30 no recordTarget");
	ok(read_text("<ClinicalDocument " NS "><versionNumber value=\"-1\"/>"
	    "<recordTarget><patientRole/></recordTarget><component>"
	    "<nonXMLBody><text mediaType=\"application/pdf\"><reference "
	    "value=\"http://x/\"/></text></nonXMLBody></component>"
	    "</ClinicalDocument>") == ST_OK &&
	    cda_read(tree.root, &cda) == ST_OK && cda.version_number == 0 &&
	    cda.n_pdfs == 0, "R30 a reference is not followed");
	ok(read_cut((struct span){ (const uint8_t *)
	    "\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0", 18 }, 5) == ST_OK &&
	    span_is(cda_text(tree.root), "\xc3\xa9"), "UTF-16 becomes UTF-8");
	ok(read_text("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9"
	    "</a>") == ST_OK && span_is(cda_text(tree.root), "\xc3\xa9"),
	    "so does ISO-8859-1");
	ok(read_text("<a>x <b>y\n z</b><c/> w</a>") == ST_OK &&
	    span_is(cda_prose(tree.root, &arena), "x y z w"), "prose");
	ok(cda_child(NULL, "a") == NULL && cda_again(NULL) == NULL &&
	    cda_text(NULL).len == 0 && cda_attribute(NULL, "a").len == 0 &&
	    cda_prose(NULL, &arena).len == 0 && cda_time(NULL).len == 0,
	    "nothing is in nothing");
}

int
main(void)
{
	test_a_head();
	test_every_split();
	test_what_is_refused();
	test_limits();
	test_odd_documents();
	arena_clear(&arena);
	return done_testing();
}
