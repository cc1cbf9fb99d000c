#include "wire/pdf.h"

#include "tap.h"

static void
test_magic(void)
{
	ok(pdf_is(span_of("%PDF-1.4\n")), "R23 a PDF");
	ok(!pdf_is(span_of("%PDF")) && !pdf_is(span_of("")) &&
	    !pdf_is(span_of(" %PDF-1.4")), "R23 no PDF");
}

static void
test_names(void)
{
	static const struct {
		const char *bytes;
		bool suspicious;
	} row[] = {
		{ "%PDF-1.4 <</Type/Catalog/OpenAction 3 0 R>>", false },
		{ "trailer<</Encrypt 5 0 R>>", true },
		{ "<</S/JavaScript/JS(app.alert)>>", true },
		{ "<</JS 4 0 R>>", true }, { "<</S /Launch>>", true },
		{ "<</J#61vaScript 1>>", true }, { "<</#4aS 1>>", true },
		{ "/JSX /LaunchX /Encrypted /JavaScripts", false },
		{ "/JS", true }, { "/", false }, { "", false },
		{ "JavaScript", false }, { "/J#6", false }, { "/J#zz", false },
		{ "/averylongnameindeed /JS", true },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(pdf_is_suspicious(span_of(row[i].bytes)) ==
		    row[i].suspicious, "R23 %s", row[i].bytes);
}

int
main(void)
{
	test_magic();
	test_names();
	return done_testing();
}
